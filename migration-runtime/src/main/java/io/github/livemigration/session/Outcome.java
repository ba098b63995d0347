package io.github.livemigration.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a migration ended, and with it where the process runs now. */
public enum Outcome {
  /** Everything arrived; the process runs on the destination, and only there. */
  COMPLETED("completed"),
  /** Preflight found something that cannot be carried; the process never noticed. */
  REFUSED("refused"),
  /** Something failed before the point of no return; the process runs on at the source. */
  ROLLED_BACK("rolled-back"),
  /** Something failed after the point of no return; the process does not run at the source. */
  FAILED("failed");

  private final String label;

  Outcome(String label) {
    this.label = label;
  }

  /** The word that reports and messages use, such as {@code rolled-back}. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * Find the outcome with this label.
   *
   * @throws IllegalArgumentException if there is none; the message names the labels there are
   */
  @JsonCreator
  public static Outcome of(String label) {
    for (Outcome outcome : values()) {
      if (outcome.label.equals(label)) {
        return outcome;
      }
    }
    String known = Arrays.stream(values()).map(Outcome::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("no outcome '" + label + "': one of " + known);
  }

  @Override
  public String toString() {
    return label;
  }
}
