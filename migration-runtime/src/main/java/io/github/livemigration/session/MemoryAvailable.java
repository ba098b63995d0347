package io.github.livemigration.session;

import io.github.livemigration.linux.MemoryGroups;
import io.github.livemigration.linux.ProcFs;

/** Reads how much memory this host, and the limits this process is under, can still give. */
final class MemoryAvailable {
  private static final String KEY = "MemAvailable:";

  private MemoryAvailable() {}

  static long bytes() {
    return Math.min(ofHost(), MemoryGroups.availableBytes());
  }

  private static long ofHost() {
    return ProcFs.readText("/proc/meminfo")
        .lines()
        .filter(line -> line.startsWith(KEY))
        .map(line -> line.substring(KEY.length()).replace("kB", "").strip())
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }
}
