package io.github.livemigration.harness;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the judge says about a sequence of numbers.
 *
 * @param judged how many numbers were looked at
 * @param firstMistake the first one that is wrong; {@code null} if all are right
 */
public record Verdict(int judged, @Nullable Mistake firstMistake) {

  /** Whether every number was right. */
  public boolean correct() {
    return firstMistake == null;
  }

  public Optional<Mistake> mistake() {
    return Optional.ofNullable(firstMistake);
  }

  /** The verdict in one line. */
  public String describe() {
    return firstMistake == null
        ? judged + " numbers, each exactly once, none missing"
        : firstMistake.description();
  }
}
