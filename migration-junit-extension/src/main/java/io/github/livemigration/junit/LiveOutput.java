package io.github.livemigration.junit;

import io.github.livemigration.harness.NumberOutput;
import java.time.Duration;
import java.util.List;

/**
 * What a target prints, wherever it runs. Safe to use from any thread.
 *
 * <p>Each waiting method throws {@link io.github.livemigration.harness.HarnessException} if what it
 * waits for does not come in time or cannot come any more; the message tells the last number.
 */
public final class LiveOutput {

  private final NumberOutput output;

  LiveOutput(NumberOutput output) {
    this.output = output;
  }

  /** Wait until a number that is at least this high has been printed. */
  public void awaitNumber(long number) {
    output.awaitNumber(number);
  }

  /** Wait until a number that is at least this high has been printed, but not longer than this. */
  public void awaitNumber(long number, Duration atMost) {
    output.awaitNumber(number, atMost);
  }

  /** Wait until this many numbers have been printed after the last move. */
  public void awaitCountAfterMove(int count) {
    output.awaitCountAfterMove(count);
  }

  /** Wait until this word, which is not a number, has been printed. */
  public void awaitWord(String word) {
    output.awaitWord(word);
  }

  /** The words that are not numbers, in the order in which they were printed. */
  public List<String> words() {
    return output.words();
  }

  /** The numbers that have been printed until now, to be asserted on. */
  public PrintedNumbers numbers() {
    return new PrintedNumbers(output.numbers());
  }
}
