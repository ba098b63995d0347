package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One sender after the other is killed by SIGKILL while it reads the target by remote calls. The
 * target survives them all and has noticed nothing.
 */
class SenderDeathInCaptureIT {
  private static final long SEED =
      Long.getLong("migrate.seed", System.currentTimeMillis() / 86_400_000);

  /** As many as the capture of a target with 6 threads makes, or a few more. */
  private static final int CALLS = 160;

  /** Long enough for the target to look at all its threads. */
  private static final int A_CHECK = 410;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void targetSurvivesTheDeathOfItsSenders(int threads) throws Exception {
    killSenders(threads, 3, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  @Tag("long")
  void targetSurvivesManyDeaths(int threads) throws Exception {
    killSenders(threads, CALLS, 100);
  }

  /** A sender that dies when it is done with remote calls leaves no thread in a trap. */
  @Test
  void threadsThatHaveMadeTheirCallsAreLeftWhereTheyWere() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "survivor.py", 6);
        TestReceiver receiver = new TestReceiver()) {
      kill(target, receiver, "restore", "0");
      kill(target, receiver, "commit", "0");
      assertUnharmed(target);
    }
  }

  private void killSenders(int threads, int atCalls, int atTimes) throws Exception {
    Random random = new Random(SEED);
    try (TargetProcess target = TargetProcess.python(folder, "survivor.py", threads);
        TestReceiver receiver = new TestReceiver()) {
      for (int i = 0; i < atCalls; i++) {
        int call = 1 + (int) ((i + random.nextDouble()) * CALLS / atCalls);
        kill(target, receiver, "capture", call + "calls");
      }
      for (int i = 0; i < atTimes; i++) {
        kill(target, receiver, "capture", random.nextInt(30_000) + 1 + "us");
      }
      assertUnharmed(target);
      try (TestReceiver another = new TestReceiver()) {
        another.receive(target);
        assertUnharmed(target);
      }
    }
  }

  private void kill(TargetProcess target, TestReceiver receiver, String phase, String after)
      throws Exception {
    target.awaitMoreLines(2);
    Process sender =
        DyingSender.start(target.pid(), receiver.address(), folder.resolve("state"), phase, after);
    sender.waitFor();
    try {
      target.awaitMoreLines(2);
    } catch (AssertionError e) {
      throw new AssertionError(
          "sender killed %s after %s began, seed %d".formatted(after, phase, SEED), e);
    }
  }

  private static void assertUnharmed(TargetProcess target) throws Exception {
    target.awaitMoreLines(A_CHECK);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }
}
