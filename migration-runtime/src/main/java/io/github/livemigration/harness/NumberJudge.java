package io.github.livemigration.harness;

import io.github.livemigration.harness.Mistake.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether numbers go on in increasing order, each exactly once, none missing.
 *
 * <p>The first number may be any; each later one is the one before it plus 1, whichever side
 * printed it.
 */
public final class NumberJudge {

  private static final int NEIGHBOURS = 3;

  private NumberJudge() {}

  /**
   * Judge the numbers of a target; one that has moved must have printed after its last move too.
   */
  public static Verdict judge(NumberSequence numbers) {
    return new Verdict(numbers.size(), firstMistake(numbers));
  }

  private static @Nullable Mistake firstMistake(NumberSequence numbers) {
    if (numbers.isEmpty()) {
      return new Mistake(Kind.NO_NUMBERS, 0, "the target printed no number at all");
    }
    for (int i = 1; i < numbers.size(); i++) {
      long expected = numbers.value(i - 1) + 1;
      if (numbers.value(i) != expected) {
        return mistakeAt(numbers, i, expected);
      }
    }
    int lastSide = numbers.sides() - 1;
    if (lastSide > 0 && numbers.countOf(lastSide) == 0) {
      return new Mistake(
          Kind.NOTHING_AFTER_THE_MOVE,
          numbers.size(),
          "no number came after the move: the last one was "
              + numbers.value(numbers.size() - 1)
              + ", printed by the "
              + numbers.sideName(numbers.sideOf(numbers.size() - 1)));
    }
    return null;
  }

  private static Mistake mistakeAt(NumberSequence numbers, int position, long expected) {
    long found = numbers.value(position);
    long before = numbers.value(position - 1);
    if (found == before) {
      return new Mistake(Kind.REPEATED, position, found + " came twice" + where(numbers, position));
    }
    if (found < before) {
      return new Mistake(
          Kind.WENT_BACK,
          position,
          "the numbers went back from " + before + " to " + found + where(numbers, position));
    }
    String missing =
        found - expected == 1
            ? expected + " is missing"
            : expected + " to " + (found - 1) + " are missing";
    return new Mistake(
        Kind.SKIPPED,
        position,
        missing + ": after " + before + " came " + found + where(numbers, position));
  }

  private static String where(NumberSequence numbers, int position) {
    String side = numbers.sideName(numbers.sideOf(position));
    String earlier = numbers.sideName(numbers.sideOf(position - 1));
    String printedBy =
        side.equals(earlier)
            ? ", printed by the " + side
            : " across the hand-over from the " + earlier + " to the " + side;
    return printedBy
        + " (position "
        + position
        + ": … "
        + numbers.words(position - NEIGHBOURS, position)
        + " ["
        + numbers.value(position)
        + "] "
        + numbers.words(position + 1, position + 1 + NEIGHBOURS)
        + " …)";
  }
}
