package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.KernelFeature;
import io.github.livemigration.linux.KernelFeatures;
import io.github.livemigration.linux.ProcFs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that change mappings, so that {@code maps} stays the same, are noticed. */
class MappingWatchIT {
  /** What it does was done once before, so that Python itself has no need for more memory. */
  private static final String TARGET =
      """
      import ctypes, gc, os, threading
      libc = ctypes.CDLL(None)
      syscall = libc.syscall
      syscall.argtypes = [ctypes.c_long] * 7
      libc.mmap.restype = ctypes.c_long
      libc.mmap.argtypes = [ctypes.c_long] * 6
      area = libc.mmap(0, 1 << 20, 1, 0x22, -1, 0)
      quiet = lambda: syscall(39, 0, 0, 0, 0, 0, 0)
      action = eval(os.environ["ACTION"])
      asked, did = os.pipe(), os.pipe()
      def other():
        while os.read(asked[0], 1):
          action()
          os.write(did[1], b"x")
      def act():
        action()
      def by_other():
        os.write(asked[1], b"x")
        os.read(did[0], 1)
      def by_new():
        thread = threading.Thread(target=action)
        thread.start()
        thread.join()
      by = {"act": act, "by_other": by_other, "by_new": by_new}[os.environ["BY"]]
      threading.Thread(target=other, daemon=True).start()
      gc.disable()
      act()
      by_other()
      os.write(1, b"ready\\n")
      while os.read(0, 1):
        by()
        os.write(1, b"done\\n")
      """;

  private static final String MADVISE = "lambda: syscall(28, area, 4096, 10, 0, 0, 0)";
  private static final String QUIET = "quiet";

  /** Its first thread waits in clone(CLONE_VFORK) until the child has had some input. */
  private static final String WAITING_FOR_A_CHILD =
      """
      import ctypes, os
      if ctypes.CDLL(None).syscall(56, 0x4011, 0, 0, 0, 0) == 0:
        os.write(1, b"ready\\n")
        os.read(0, 1)
        os._exit(0)
      os.write(1, b"done\\n")
      os.read(0, 1)
      """;

  private static boolean isUndisturbedAfter(String action, String by) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("/usr/bin/python3", "-c", TARGET);
    builder.environment().put("ACTION", action);
    builder.environment().put("BY", by);
    return isUndisturbed(builder);
  }

  private static boolean isUndisturbed(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      int pid = (int) process.pid();
      assertThat(lines.readLine()).isEqualTo("ready");
      try (EarlyMappings early = EarlyMappings.of(pid)) {
        early.settle(ProcFs.threads(pid));
        assertThat(early.areUndisturbed()).as("nothing was done").isEqualTo(canKnow());
        process.outputWriter().append('x').flush();
        assertThat(lines.readLine()).isEqualTo("done");
        early.settle(ProcFs.threads(pid));
        return early.areUndisturbed();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean canKnow() {
    return KernelFeatures.ofThisHost().has(KernelFeature.Id.CALL_COUNTER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"act", "by_other"})
  void processThatMakesOtherCallsIsUndisturbed(String by) throws Exception {
    assertThat(isUndisturbedAfter(QUIET, by)).isEqualTo(canKnow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"act", "by_other", "by_new"})
  void adviceIsNoticedOfEveryThread(String by) throws Exception {
    assertThat(isUndisturbedAfter(MADVISE, by)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lambda: syscall(149, area, 4096, 0, 0, 0, 0)",
        "lambda: syscall(150, area, 4096, 0, 0, 0, 0)",
        "lambda: syscall(151, 4, 0, 0, 0, 0, 0)",
        "lambda: syscall(10, area, 4096, 1, 0, 0, 0)",
        "lambda: syscall(325, area, 4096, 1, 0, 0, 0)",
        "lambda: syscall(329, area, 4096, 1, 0, 0, 0)",
        "lambda: syscall(440, -1, 0, 0, 10, 0, 0)",
        "lambda: syscall(28, area, 4096, 102, 0, 0, 0)",
        "lambda: (syscall(11, area, 4096, 0, 0, 0, 0), libc.mmap(area, 4096, 1, 0x32, -1, 0))"
      })
  void everyCallIsNoticed(String action) throws Exception {
    assertThat(isUndisturbedAfter(action, "act")).isFalse();
    assertThat(isUndisturbedAfter(action, "by_other")).isFalse();
  }

  @Test
  void startOfAThreadIsNoticed() throws Exception {
    assertThat(isUndisturbedAfter(QUIET, "by_new")).isFalse();
  }

  @Test
  void callThatHadBegunIsNoticed() throws Exception {
    assertThat(isUndisturbed(new ProcessBuilder("/usr/bin/python3", "-c", WAITING_FOR_A_CHILD)))
        .isFalse();
  }

  @Test
  void processThatCannotBeWatchedIsNeverUndisturbed() {
    try (MappingWatch none = MappingWatch.none()) {
      assertThat(none.isOn()).isFalse();
      assertThat(none.isUndisturbed(List.of(), Long.MAX_VALUE)).isFalse();
    }
  }

  @Test
  void processWithTooManyThreadsIsNotWatched() throws Exception {
    String threads =
        """
        import os, threading
        for i in range(600):
          threading.Thread(target=lambda: os.read(0, 1), daemon=True).start()
        os.write(1, b"ready\\n")
        os.read(0, 1)
        """;
    Process process = new ProcessBuilder("/usr/bin/python3", "-c", threads).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).isEqualTo("ready");
      try (MappingWatch watch = MappingWatch.start((int) process.pid())) {
        assertThat(watch.isOn()).isFalse();
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
