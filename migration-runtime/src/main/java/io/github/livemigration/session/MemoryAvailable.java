package io.github.livemigration.session;

import io.github.livemigration.linux.MemoryGroups;
import io.github.livemigration.linux.ProcFs;
import java.util.List;

/** Reads how much memory this host, and the limits this process is under, can still give. */
final class MemoryAvailable {
  private MemoryAvailable() {}

  static long bytes() {
    return Math.min(ofHost(), MemoryGroups.availableBytes());
  }

  private static long ofHost() {
    return sumOf(List.of("MemAvailable:"));
  }

  /** Returns how much this host could hold if nothing else were there. */
  static long totalBytes() {
    return sumOf(List.of("MemTotal:", "SwapTotal:"));
  }

  private static long sumOf(List<String> keys) {
    return ProcFs.readText("/proc/meminfo")
        .lines()
        .map(line -> line.split("\\s+", -1))
        .filter(fields -> keys.contains(fields[0]))
        .mapToLong(fields -> Long.parseLong(fields[1]) * 1024)
        .sum();
  }
}
