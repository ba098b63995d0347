package io.github.livemigration.harness;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The numbers that a target has printed, in order, over all the sides on which it ran. Immutable.
 *
 * <p>Positions count from 0. A side is the source (0) or the destination of a hop (1, 2 …).
 */
public final class NumberSequence {

  /**
   * Time between two neighbouring numbers.
   *
   * @param position the position of the later one
   * @param duration how long after the earlier one it was read
   */
  public record Gap(int position, Duration duration) {}

  private final long[] values;
  private final long[] nanoTimes;
  private final int[] sideStarts;
  private final List<String> sideNames;

  NumberSequence(long[] values, long[] nanoTimes, int[] sideStarts, List<String> sideNames) {
    this.values = values;
    this.nanoTimes = nanoTimes;
    this.sideStarts = sideStarts;
    this.sideNames = List.copyOf(sideNames);
  }

  /** A sequence that one side printed, without a move. For judging numbers from elsewhere. */
  public static NumberSequence of(long... values) {
    return new NumberSequence(
        values.clone(), new long[values.length], new int[] {0}, List.of("source"));
  }

  /** How many numbers there are. */
  public int size() {
    return values.length;
  }

  public boolean isEmpty() {
    return values.length == 0;
  }

  /** The number at a position. */
  public long value(int position) {
    return values[position];
  }

  /** All numbers, in a copy. */
  public long[] toArray() {
    return values.clone();
  }

  /** When the number at a position was read, by {@link System#nanoTime}. */
  public long nanoTime(int position) {
    return nanoTimes[position];
  }

  /** How many sides have been connected, whether they printed or not. */
  public int sides() {
    return sideNames.size();
  }

  /** The name of a side, such as {@code destination}. */
  public String sideName(int side) {
    return sideNames.get(side);
  }

  /** The side that printed the number at a position. */
  public int sideOf(int position) {
    int side = 0;
    while (side + 1 < sideStarts.length && sideStarts[side + 1] <= position) {
      side++;
    }
    return side;
  }

  /** The position of the first number of a side, or of the next side's where it has none. */
  public int startOf(int side) {
    return sideStarts[side];
  }

  /** How many numbers a side has printed. */
  public int countOf(int side) {
    int end = side + 1 < sideStarts.length ? sideStarts[side + 1] : values.length;
    return end - sideStarts[side];
  }

  /** The last number of all. */
  public Optional<Long> last() {
    return values.length == 0 ? Optional.empty() : Optional.of(values[values.length - 1]);
  }

  /**
   * The longest time between two neighbours of which the later one was read after a moment.
   *
   * @param sinceNanoTime the moment, by {@link System#nanoTime}
   */
  public Optional<Gap> largestGapSince(long sinceNanoTime) {
    long largest = -1;
    int position = -1;
    for (int i = 1; i < values.length; i++) {
      long gap = nanoTimes[i] - nanoTimes[i - 1];
      if (nanoTimes[i] - sinceNanoTime > 0 && gap > largest) {
        largest = gap;
        position = i;
      }
    }
    return position < 0
        ? Optional.empty()
        : Optional.of(new Gap(position, Duration.ofNanos(largest)));
  }

  /** The numbers from a position up to another, as words; positions outside are left out. */
  String words(int from, int to) {
    StringBuilder words = new StringBuilder();
    for (int i = Math.max(0, from); i < Math.min(values.length, to); i++) {
      words.append(words.length() == 0 ? "" : " ").append(values[i]);
    }
    return words.toString();
  }

  @Override
  public String toString() {
    int shown = 20;
    return values.length <= shown
        ? "[" + words(0, shown) + "]"
        : "[" + words(0, shown / 2) + " … " + words(values.length - shown / 2, values.length) + "]";
  }
}
