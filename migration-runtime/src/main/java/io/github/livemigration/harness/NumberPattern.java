package io.github.livemigration.harness;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Tells the numbers in the output of a target from the other words. Immutable. */
public final class NumberPattern {

  private static final NumberPattern WHITE_SPACE_SEPARATED =
      new NumberPattern(Pattern.compile("-?\\d+"), false);

  private final Pattern pattern;
  private final boolean inLines;

  private NumberPattern(Pattern pattern, boolean inLines) {
    this.pattern = pattern;
    this.inLines = inLines;
  }

  /** Every word that is a decimal number counts; words are apart by white space. */
  public static NumberPattern whiteSpaceSeparated() {
    return WHITE_SPACE_SEPARATED;
  }

  /**
   * At most one number a line: what the expression finds first.
   *
   * @param expression a regular expression; its first group is the number, or the whole match where
   *     it has no group
   * @throws HarnessException if it is not a regular expression
   */
  public static NumberPattern inLines(String expression) {
    try {
      return new NumberPattern(Pattern.compile(expression), true);
    } catch (PatternSyntaxException e) {
      throw new HarnessException(
          "the number pattern is not a regular expression: " + e.getMessage(), e);
    }
  }

  /** Whether this byte of the output ends a unit: a word, or a line. */
  boolean separates(byte character) {
    return character == '\n'
        || (!inLines && (character == ' ' || character == '\t' || character == '\r'));
  }

  /**
   * The number in one unit of the output.
   *
   * @throws HarnessException if the pattern matches what is not a number
   */
  OptionalLong numberIn(String unit) {
    Matcher matcher = pattern.matcher(unit);
    if (!(inLines ? matcher.find() : matcher.matches())) {
      return OptionalLong.empty();
    }
    String number = inLines && matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    try {
      return OptionalLong.of(Long.parseLong(String.valueOf(number)));
    } catch (NumberFormatException e) {
      throw new HarnessException(
          "the number pattern '" + pattern + "' found '" + number + "', which is no number", e);
    }
  }

  @Override
  public String toString() {
    return inLines ? pattern.pattern() : "numbers apart by white space";
  }
}
