package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What else the host was doing, without which no figure means anything. */
final class HostLoad {
  private HostLoad() {}

  static String average() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }

  static String processors() {
    return Runtime.getRuntime().availableProcessors() + " processors";
  }
}
