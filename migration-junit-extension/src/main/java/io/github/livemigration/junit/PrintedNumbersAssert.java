package io.github.livemigration.junit;

import io.github.livemigration.harness.NumberJudge;
import io.github.livemigration.harness.NumberSequence;
import io.github.livemigration.harness.Verdict;
import java.time.Duration;
import org.assertj.core.api.AbstractAssert;

/** Assertions on the numbers that a target has printed. */
public final class PrintedNumbersAssert
    extends AbstractAssert<PrintedNumbersAssert, NumberSequence> {

  PrintedNumbersAssert(NumberSequence actual) {
    super(actual, PrintedNumbersAssert.class);
  }

  /**
   * Verify that the numbers go on in increasing order, each exactly once, none missing, across all
   * moves, and that some came after the last move if there was one.
   */
  public PrintedNumbersAssert isConsecutive() {
    Verdict verdict = NumberJudge.judge(actual);
    if (!verdict.correct()) {
      failWithMessage("%s", verdict.describe());
    }
    return this;
  }

  /** Verify that the first number is this one. */
  public PrintedNumbersAssert startsWith(long number) {
    if (actual.isEmpty() || actual.value(0) != number) {
      failWithMessage("expected the numbers to start with %s, they are %s", number, actual);
    }
    return this;
  }

  /** Verify that at least this many numbers were printed. */
  public PrintedNumbersAssert hasAtLeast(int count) {
    if (actual.size() < count) {
      failWithMessage("expected at least %s numbers, there are %s", count, actual.size());
    }
    return this;
  }

  /** Verify that no two neighbouring numbers are further apart in time than this. */
  public PrintedNumbersAssert hasNoGapLongerThan(Duration longest) {
    for (int i = 1; i < actual.size(); i++) {
      Duration gap = Duration.ofNanos(actual.nanoTime(i) - actual.nanoTime(i - 1));
      if (gap.compareTo(longest) > 0) {
        failWithMessage(
            "expected no gap longer than %s, there are %s between %s and %s",
            longest, gap, actual.value(i - 1), actual.value(i));
      }
    }
    return this;
  }
}
