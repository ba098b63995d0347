package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was seen when a target was moved and its numbers were judged. Immutable.
 *
 * @param target the command of the target
 * @param startedAt when it began
 * @param elapsed how long all of it took
 * @param handOvers the moves that succeeded, in order
 * @param numbers all numbers that the target printed
 * @param verdict what the judge says about them
 * @param failure why the target did not move or print to the end; {@code null} if it did
 */
public record VerifyResult(
    String target,
    Instant startedAt,
    Duration elapsed,
    List<HandOver> handOvers,
    NumberSequence numbers,
    Verdict verdict,
    @Nullable String failure) {

  /** Copy. */
  public VerifyResult {
    handOvers = List.copyOf(handOvers);
  }

  /** Whether the target moved and every number was right. */
  public boolean passed() {
    return failure == null && verdict.correct();
  }

  /** What is wrong, for a person: the first wrong number, or why it went no further. */
  public Optional<String> problem() {
    if (!verdict.correct() && !handOvers.isEmpty() && !numbers.isEmpty()) {
      return Optional.of(
          failure == null ? verdict.describe() : verdict.describe() + "\n" + failure);
    }
    return failure != null ? Optional.of(failure) : verdict.mistake().map(Mistake::description);
  }

  /** The last move. */
  public Optional<HandOver> handOver() {
    return handOvers.isEmpty()
        ? Optional.empty()
        : Optional.of(handOvers.get(handOvers.size() - 1));
  }

  /** One report of the last move as a whole. */
  public Optional<MigrationReport> report() {
    return handOver().map(HandOver::merged);
  }

  /**
   * The downtime as the application sees it: the longest time between two neighbouring numbers
   * since the first move was asked for.
   */
  public Optional<NumberSequence.Gap> largestGap() {
    return handOvers.isEmpty()
        ? Optional.empty()
        : numbers.largestGapSince(handOvers.get(0).requestedNanoTime());
  }

  /** The time between two neighbouring numbers that is usual for this target: the median. */
  public Optional<Duration> usualGap() {
    if (numbers.size() < 2) {
      return Optional.empty();
    }
    long[] gaps = new long[numbers.size() - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = numbers.nanoTime(i + 1) - numbers.nanoTime(i);
    }
    Arrays.sort(gaps);
    return Optional.of(Duration.ofNanos(gaps[gaps.length / 2]));
  }

  /** The position of the first number that a side printed after the first move. */
  public Optional<Integer> firstAfterMove() {
    boolean moved = numbers.sides() > 1 && numbers.startOf(1) < numbers.size();
    return moved ? Optional.of(numbers.startOf(1)) : Optional.empty();
  }
}
