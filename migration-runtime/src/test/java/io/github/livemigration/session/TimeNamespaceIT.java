package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that count from the boot of a host go on for a process that comes from another boot. */
class TimeNamespaceIT {
  private static final String CLOCKS =
      """
      import os, time
      print(os.getpid())
      while True:
        print(time.clock_gettime_ns(time.CLOCK_MONOTONIC), time.clock_gettime_ns(time.CLOCK_BOOTTIME))
        time.sleep(0.001)
      """;
  private static final long MOST_NANOS_BETWEEN_LINES = 5_000_000_000L;

  @TempDir Path folder;

  @Test
  void monotonicAndBoottimeGoOnAsTheyWere() throws Exception {
    List<String> command =
        List.of(
            "/usr/bin/unshare",
            "--time",
            "--monotonic",
            "100000",
            "--boottime",
            "3000000",
            "--",
            "/usr/bin/python3",
            "-uc",
            CLOCKS);
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      receiver.receive(target);
      target.awaitMoreLines(20);

      long[] last = {100_000_000_000_000L, 3_000_000_000_000_000L};
      List<String> lines = target.lines();
      for (String line : lines.subList(1, lines.size())) {
        String[] clocks = line.split(" ");
        for (int i = 0; i < 2; i++) {
          long now = Long.parseLong(clocks[i]);
          long allowed = line.equals(lines.get(1)) ? Long.MAX_VALUE / 2 : MOST_NANOS_BETWEEN_LINES;
          assertThat(now - last[i]).as(line).isBetween(0L, allowed);
          last[i] = now;
        }
      }
    }
  }
}
