package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.session.TestReceiver;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One process moves to and fro for long: not a number is lost, and sender and receivers, which are
 * this process, hold no more in the end than after the first moves.
 */
class EnduranceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What classes that are loaded late, and caches, may take. */
  private static final long MOST_GROWTH_KIB = 16 * 1024;

  /** Threads of a pool come and go. */
  private static final int MOST_IDLE_THREADS = 5;

  @TempDir Path folder;

  /** What this process holds. */
  private record Holdings(
      int descriptors, int threads, long children, long files, long javaKib, long residentKib) {
    static Holdings now() throws IOException {
      System.gc();
      int pid = SelfProcess.pid();
      return new Holdings(
          ProcFs.descriptors(pid).size(),
          ProcFs.threads(pid).size(),
          ProcFs.threads(pid).stream().mapToLong(tid -> childrenOf(pid, tid)).sum(),
          temporaryFiles(),
          javaBytes() / 1024,
          residentKib(pid));
    }

    /** Memory that is in use on the heap, and outside of it by buffers. */
    private static long javaBytes() {
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
          + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum();
    }

    private static long childrenOf(int pid, int tid) {
      try {
        String children = ProcFs.readText(pid, "task/" + tid + "/children").strip();
        return children.isEmpty() ? 0 : children.split(" ").length;
      } catch (NoSuchProcessException e) {
        return 0; // A thread that has ended since it was listed.
      }
    }

    private static long temporaryFiles() throws IOException {
      try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        String own = "live-migration-" + SelfProcess.pid() + "-";
        return files.filter(file -> file.getFileName().toString().startsWith(own)).count();
      }
    }

    private static long residentKib(int pid) {
      return ProcFs.readText(pid, "status")
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }

    boolean isNoMoreThan(Holdings other) {
      return descriptors <= other.descriptors
          && threads <= other.threads + MOST_IDLE_THREADS
          && children <= other.children
          && files <= other.files;
    }
  }

  @Test
  void smallProcessLeavesNothingBehind() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1)) {
      endure(target, Moves.LONG ? 1_000 : 12);
    }
  }

  @Test
  void jvmLeavesNothingBehind() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            Path.of(
                    ChurningTarget.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString(),
            ChurningTarget.class.getName(),
            "2",
            "platform");
    try (TargetProcess target = TargetProcess.start(folder, command)) {
      endure(target, Moves.LONG ? 100 : 6);
    }
  }

  private static void endure(TargetProcess target, int moves) throws Exception {
    try (TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitLines(3);
      int warmUp = moves / 5 + 2;
      for (int move = 0; move < warmUp; move++) {
        (move % 2 == 0 ? a : b).receive(target);
        target.awaitMoreLines(1);
      }
      await().atMost(PATIENCE).until(() -> Holdings.now().children() == 1);
      Holdings before = Holdings.now();
      System.out.printf("after %d moves: %s%n", warmUp, before);
      for (int move = warmUp; move < moves; move++) {
        (move % 2 == 0 ? a : b).receive(target);
        target.awaitMoreLines(1);
        if (Moves.LONG && move % (moves / 10) == 0) {
          System.out.printf("after %d moves: %s%n", move + 1, Holdings.now());
        }
      }
      await().atMost(PATIENCE).until(() -> Holdings.now().isNoMoreThan(before));
      Holdings after = Holdings.now();
      System.out.printf("after %d moves: %s%n", moves, after);
      assertThat(after.javaKib()).isLessThan(before.javaKib() + MOST_GROWTH_KIB);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }
}
