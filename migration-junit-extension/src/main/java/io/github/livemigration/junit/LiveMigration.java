package io.github.livemigration.junit;

import io.github.livemigration.harness.HandOver;
import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.session.MigrationReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A target that runs, and can be moved.
 *
 * <p>For the test method that got it, and the threads that it starts; one thread at a time may call
 * {@link #migrate} and {@link #exitStatus}. It is of no use after the test.
 */
public final class LiveMigration {

  private final LiveMigrationHarness harness;
  private final Duration timeout;
  private final Consumer<HandOver> afterMove;
  private final LiveOutput output;

  LiveMigration(LiveMigrationHarness harness, Duration timeout, Consumer<HandOver> afterMove) {
    this.harness = harness;
    this.timeout = timeout;
    this.afterMove = afterMove;
    this.output = new LiveOutput(harness.output());
  }

  /** What the target prints, wherever it runs. */
  public LiveOutput output() {
    return output;
  }

  /**
   * Move the target to a receiver, and wait until it is there with all its memory.
   *
   * <p>Called again, it moves the target again, to another receiver.
   *
   * @return the report of the destination, with what only the source can know
   * @throws io.github.livemigration.harness.MoveFailedException if the target did not move; the
   *     message tells where it runs now, and why
   */
  public MigrationReport migrate() {
    HandOver handOver = harness.migrate();
    afterMove.accept(handOver);
    return handOver.merged();
  }

  /** What both sides reported of each move, in order. */
  public List<HandOver> handOvers() {
    return harness.handOvers();
  }

  /**
   * The process id of the target as this host sees it now. On a destination it has another one than
   * the target itself sees.
   */
  public long targetPid() {
    return harness.targetPid();
  }

  /**
   * Wait until the target has ended by itself.
   *
   * @return its exit status, as the side on which it ran last returned it
   * @throws HarnessException if it does not end in time
   */
  public int exitStatus() {
    return harness
        .awaitExit(timeout)
        .orElseThrow(
            () ->
                new HarnessException(
                    "the target did not end within " + timeout.toSeconds() + " s"));
  }
}
