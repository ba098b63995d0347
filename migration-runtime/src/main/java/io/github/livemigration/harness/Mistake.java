package io.github.livemigration.harness;

/**
 * The first number that is wrong, and what is wrong about it.
 *
 * @param kind what is wrong
 * @param position the position of the number in the sequence, from 0; the number of numbers where
 *     one is missing at the end
 * @param description what is wrong in one line, with the neighbours and the side that printed it
 */
public record Mistake(Kind kind, int position, String description) {

  /** Ways in which numbers can go wrong. */
  public enum Kind {
    /** One or more numbers are missing. */
    SKIPPED,
    /** A number came twice in a row. */
    REPEATED,
    /** A number is lower than the one before it. */
    WENT_BACK,
    /** Nothing came after the move. */
    NOTHING_AFTER_THE_MOVE,
    /** Nothing came at all. */
    NO_NUMBERS
  }
}
