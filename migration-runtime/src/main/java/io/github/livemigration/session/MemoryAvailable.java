package io.github.livemigration.session;

import io.github.livemigration.linux.ProcFs;

/** Reads how much memory this host can still give to processes. */
final class MemoryAvailable {
  private static final String KEY = "MemAvailable:";

  private MemoryAvailable() {}

  static long bytes() {
    return ProcFs.readText("/proc/meminfo")
        .lines()
        .filter(line -> line.startsWith(KEY))
        .map(line -> line.substring(KEY.length()).replace("kB", "").strip())
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }
}
