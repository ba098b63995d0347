package io.github.livemigration.session;

import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The frozen target (payload of IMAGE).
 *
 * @param image all of it but most of its pages and the mappings that the plan has too
 * @param keptMappings mappings of the plan that it still has, by their positions there
 * @param nanosSinceFreeze how long it has been frozen when this was sent
 */
public record FrozenTarget(ProcessImage image, List<Integer> keptMappings, long nanosSinceFreeze) {

  public FrozenTarget {
    keptMappings = List.copyOf(keptMappings);
  }

  /**
   * Leave out what the destination knows.
   *
   * @param image with all mappings
   */
  static FrozenTarget of(
      ProcessImage image, ProcessPlan plan, List<Integer> keptMappings, long nanosSinceFreeze) {
    Set<Long> kept = new HashSet<>();
    keptMappings.forEach(index -> kept.add(plan.mappings().get(index).range().startAddress()));
    List<MappingState> missing =
        image.memory().mappings().stream()
            .filter(mapping -> !kept.contains(mapping.range().startAddress()))
            .toList();
    return new FrozenTarget(
        image.withMemory(image.memory().withMappings(missing)), keptMappings, nanosSinceFreeze);
  }

  /**
   * Returns the image with all mappings.
   *
   * @throws IllegalArgumentException where it does not fit the plan
   */
  ProcessImage completed(ProcessPlan plan) {
    List<MappingState> mappings = new ArrayList<>(image.memory().mappings());
    for (int index : keptMappings) {
      if (index < 0 || index >= plan.mappings().size()) {
        throw new IllegalArgumentException("the plan has no mapping " + index);
      }
      mappings.add(plan.mappings().get(index));
    }
    mappings.sort(Comparator.comparingLong(mapping -> mapping.range().startAddress()));
    return image.withMemory(image.memory().withMappings(mappings));
  }

  /** Returns the mappings of the plan that the process does not have any more. */
  List<MappingState> obsoleteMappings(ProcessPlan plan) {
    Set<Integer> kept = new HashSet<>(keptMappings);
    List<MappingState> obsolete = new ArrayList<>();
    for (int i = 0; i < plan.mappings().size(); i++) {
      if (!kept.contains(i)) {
        obsolete.add(plan.mappings().get(i));
      }
    }
    return obsolete;
  }
}
