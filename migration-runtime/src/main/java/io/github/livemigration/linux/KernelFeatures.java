package io.github.livemigration.linux;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What this host can do, with the cause of every no.
 *
 * <p>Each feature is tried, not derived from a version: containers, seccomp filters and
 * configuration decide as well. Immutable.
 */
public final class KernelFeatures {
  private final Map<KernelFeature.Id, KernelFeature> features;

  private KernelFeatures(List<KernelFeature> features) {
    this.features = new EnumMap<>(KernelFeature.Id.class);
    features.forEach(feature -> this.features.put(feature.id(), feature));
  }

  /** Holder that probes when it is first asked for. */
  private static final class ThisHost {
    static final KernelFeatures FEATURES = probe();
  }

  /** What this host can do for this process; tried when first asked, then remembered. */
  public static KernelFeatures ofThisHost() {
    return ThisHost.FEATURES;
  }

  /** Try everything now; takes some milliseconds, leaves nothing behind. */
  public static KernelFeatures probe() {
    return new KernelFeatures(KernelProbe.tryAll());
  }

  /** Everything that was tried, in the order of {@link KernelFeature.Id}. */
  public List<KernelFeature> all() {
    return List.copyOf(features.values());
  }

  /** What was found about one feature. */
  public KernelFeature get(KernelFeature.Id id) {
    KernelFeature feature = features.get(id);
    if (feature == null) {
      throw new IllegalStateException("not probed: " + id);
    }
    return feature;
  }

  /** Whether a feature is there. */
  public boolean has(KernelFeature.Id id) {
    return get(id).available();
  }

  /** Features without which nothing can be migrated, and which are not there. */
  public List<KernelFeature> missing() {
    return all().stream().filter(feature -> feature.required() && !feature.available()).toList();
  }
}
