package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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
  private static final long MOST_NANOS_BETWEEN_LINES = 60_000_000_000L;

  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  @Test
  void monotonicAndBoottimeGoOnAsTheyWere() throws Exception {
    try (TargetProcess target =
            TargetProcess.start(folder, shifted(List.of(PYTHON, "-uc", CLOCKS)));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      receiver.receive(target);
      target.awaitMoreLines(20);

      assertClocksGoOn(target);
    }
  }

  /**
   * The other host is the same kernel with another boot id and other clocks, so that both are
   * compared as they are between hosts: by their values, not by their offsets.
   */
  @Test
  void clocksOfAnotherHostGoOnAsTheyWere() throws Exception {
    Path bootId = Files.writeString(folder.resolve("boot_id"), UUID.randomUUID() + "\n");
    String otherBoot = "mount --bind %s /proc/sys/kernel/random/boot_id && ".formatted(bootId);
    String script = otherBoot + "exec \"$@\"";
    try (TargetProcess target =
            TargetProcess.start(
                folder, shifted(List.of("/bin/sh", "-c", script, "sh", PYTHON, "-uc", CLOCKS)));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      String pid = Integer.toString(target.pid());
      try (CommandLineJvm sender =
          CommandLineJvm.start(
              folder,
              List.of("/usr/bin/nsenter", "--target", pid, "--mount", "--time"),
              "send",
              "--rehearsals=0",
              "--pid",
              pid,
              "--to",
              "127.0.0.1:" + receiver.address().getPort())) {
        assertThat(sender.process().waitFor()).as(sender.words()).isZero();
      }
      target.movedTo(receiver.nextReport().hostPid());
      target.awaitMoreLines(20);

      assertClocksGoOn(target);
    }
  }

  private static List<String> shifted(List<String> command) {
    List<String> shifted =
        new ArrayList<>(List.of("/usr/bin/unshare", "--mount", "--time", "--monotonic", "100000"));
    shifted.addAll(List.of("--boottime", "3000000", "--"));
    shifted.addAll(command);
    return shifted;
  }

  private static void assertClocksGoOn(TargetProcess target) throws Exception {
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
