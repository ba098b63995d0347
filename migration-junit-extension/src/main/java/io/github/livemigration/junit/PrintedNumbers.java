package io.github.livemigration.junit;

import io.github.livemigration.harness.NumberSequence;
import org.assertj.core.api.AssertProvider;

/**
 * The numbers that a target had printed at some moment. Immutable.
 *
 * <p>AssertJ's own {@code assertThat} takes it and gives {@link PrintedNumbersAssert}.
 */
public final class PrintedNumbers implements AssertProvider<PrintedNumbersAssert> {

  private final NumberSequence sequence;

  PrintedNumbers(NumberSequence sequence) {
    this.sequence = sequence;
  }

  /** The numbers with the times and sides at which they were printed. */
  public NumberSequence sequence() {
    return sequence;
  }

  /** The numbers alone. */
  public long[] toArray() {
    return sequence.toArray();
  }

  /**
   * For AssertJ, which calls it.
   *
   * @deprecated use {@code assertThat(numbers)}
   */
  @Override
  @Deprecated(since = "0.1.0")
  public PrintedNumbersAssert assertThat() {
    return new PrintedNumbersAssert(sequence);
  }

  @Override
  public String toString() {
    return sequence.toString();
  }
}
