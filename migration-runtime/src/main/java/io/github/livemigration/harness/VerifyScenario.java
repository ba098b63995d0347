package io.github.livemigration.harness;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Move a target while it counts, and judge its numbers. Not thread-safe; to be run once.
 *
 * <p>It runs until it has printed some numbers, is moved, runs until it has printed some more, and
 * is ended. Nothing is left behind.
 */
public final class VerifyScenario {

  private final LiveMigrationHarness harness;
  private final String target;
  private final MigrateCommand migrate;
  private int numbersBefore = 20;
  private int numbersAfter = 100;
  private int hops = 1;

  private VerifyScenario(LiveMigrationHarness harness) {
    this.harness = harness;
    this.target = harness.settings().target().toString();
    this.migrate = harness.settings().migrate();
  }

  /** Begin to describe what to do with this harness, which must not have been started. */
  public static VerifyScenario of(LiveMigrationHarness harness) {
    return new VerifyScenario(harness);
  }

  /** Numbers to wait for before the target is moved: at least 1, by default 20. */
  public VerifyScenario numbersBefore(int count) {
    numbersBefore = atLeastOne("numbersBefore", count);
    return this;
  }

  /** Numbers to wait for after each move: at least 1, by default 100. */
  public VerifyScenario numbersAfter(int count) {
    numbersAfter = atLeastOne("numbersAfter", count);
    return this;
  }

  /** How often the target is moved: at least 1, by default 1. */
  public VerifyScenario hops(int count) {
    hops = atLeastOne("hops", count);
    return this;
  }

  private static int atLeastOne(String name, int count) {
    if (count < 1) {
      throw new HarnessException(name + " must be at least 1, not " + count);
    }
    return count;
  }

  /**
   * Do it.
   *
   * @return what was seen, good or bad
   * @throws HarnessException if it could not be judged: the host cannot migrate, or the target did
   *     not start or did not count; the message tells what to do
   */
  public VerifyResult run() {
    HostFitness.check(migrate).require();
    Instant startedAt = Instant.now();
    long begin = System.nanoTime();
    try (harness) {
      harness.start();
      harness.output().awaitCount(numbersBefore);
      String failure = move();
      NumberSequence numbers = harness.output().numbers();
      return new VerifyResult(
          target,
          startedAt,
          Duration.ofNanos(System.nanoTime() - begin),
          harness.handOvers(),
          numbers,
          NumberJudge.judge(numbers),
          failure);
    }
  }

  private @Nullable String move() {
    try {
      for (int hop = 0; hop < hops; hop++) {
        harness.migrate();
        harness.output().awaitCountAfterMove(numbersAfter);
      }
      return null;
    } catch (HarnessException e) {
      return e.getMessage();
    }
  }
}
