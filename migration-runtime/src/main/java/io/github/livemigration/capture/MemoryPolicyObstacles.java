package io.github.livemigration.capture;

import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.linux.NumaMap;
import io.github.livemigration.linux.ProcFs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds mappings with a NUMA policy of their own ({@code mbind(2)}).
 *
 * <p>Where a mapping has none, the kernel shows that of the first thread. So all show the same, but
 * for those that have one.
 */
final class MemoryPolicyObstacles {
  private MemoryPolicyObstacles() {}

  static List<Obstacle> of(int pid) {
    if (!ProcFs.exists("/proc/" + pid + "/numa_maps")) {
      return List.of(); // A kernel without NUMA.
    }
    Map<String, List<NumaMap>> byPolicy = new LinkedHashMap<>();
    for (NumaMap map : NumaMap.parse(ProcFs.readText(pid, "numa_maps"))) {
      byPolicy.computeIfAbsent(map.policy(), policy -> new ArrayList<>()).add(map);
    }
    int most = byPolicy.values().stream().mapToInt(List::size).max().orElse(0);
    return byPolicy.values().stream()
        .filter(maps -> byPolicy.size() > 1 && maps.size() < most)
        .map(maps -> maps.get(0))
        .map(
            map ->
                MemoryKind.NUMA_POLICY.at(
                    "mapping at %#x".formatted(map.start()),
                    "it has a NUMA policy of its own, '%s' (mbind), which is not carried yet"
                        .formatted(map.policy())))
        .toList();
  }
}
