package io.github.livemigration.session;

import io.github.livemigration.linux.KernelFeature;
import io.github.livemigration.linux.KernelFeatures;
import io.github.livemigration.linux.UserNamespaces;
import java.util.ArrayList;
import java.util.List;

/**
 * What this host can do, found out by trying.
 *
 * @param features in the order in which they were tried
 */
public record HostCheck(List<Feature> features) {

  /**
   * One thing that a host can or cannot do.
   *
   * @param name a few words
   * @param required whether nothing can be migrated without it
   * @param available whether it works here
   * @param detail what was found; for a no its cause
   * @param remedy what mends a no; empty where it works
   */
  public record Feature(
      String name, boolean required, boolean available, String detail, String remedy) {}

  /** Try everything, once. */
  public static HostCheck run() {
    List<Feature> features = new ArrayList<>();
    KernelFeatures.ofThisHost().all().stream().map(HostCheck::describe).forEach(features::add);
    if (UserNamespaces.areNeeded()) {
      features.addAll(UserNamespaceCheck.run());
    }
    return new HostCheck(List.copyOf(features));
  }

  private static Feature describe(KernelFeature feature) {
    return new Feature(
        feature.id().title(),
        feature.id().required(),
        feature.available(),
        feature.detail(),
        feature.remedy());
  }

  /** Returns whether migrations work here. */
  public boolean fit() {
    return features.stream().allMatch(feature -> feature.available() || !feature.required());
  }
}
