package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.session.TestReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
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

  /** What the JVM itself may take for that: it goes on compiling for some hundred moves. */
  private static final long MOST_GROWTH_OUTSIDE_KIB = 32 * 1024;

  @TempDir Path folder;

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
            // A JVM that starts takes the file of a process that has moved for a dead one's, and
            // deletes it, perhaps between the comparison of files and the restore.
            "-XX:-UsePerfData",
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
      Holdings after =
          await()
              .atMost(PATIENCE)
              .pollInSameThread()
              .until(Holdings::now, holdings -> holdings.isNoMoreThan(before));
      System.out.printf("after %d moves: %s%n", moves, after);
      assertThat(after.usedKib()).isLessThan(before.usedKib() + MOST_GROWTH_KIB);
      assertThat(after.outsideKib()).isLessThan(before.outsideKib() + MOST_GROWTH_OUTSIDE_KIB);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }
}
