package io.github.livemigration.harness;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one side of a hand-over has printed, cut into numbers and other words. Not thread-safe.
 *
 * <p>A process can be moved in the middle of a number: what stands before the first separator and
 * after the last one is kept apart, because it may belong to the neighbouring side.
 */
final class OutputSide {

  /** Words that are no numbers are kept up to this count. */
  private static final int MAX_WORDS = 10_000;

  /** A unit longer than this is not collected any further: no number is that long. */
  private static final int MAX_UNIT_BYTES = 64 * 1024;

  private final String name;
  private final NumberPattern pattern;
  private final ByteArrayOutputStream unit = new ByteArrayOutputStream();
  private final Longs values = new Longs();
  private final Longs times = new Longs();
  private final List<String> words = new ArrayList<>();
  private String head = "";
  private long headNanos;
  private long tailNanos;
  private boolean separatorSeen;
  private boolean ended;
  private boolean printed;
  private boolean reached;
  private long highest = Long.MIN_VALUE;

  OutputSide(String name, NumberPattern pattern) {
    this.name = name;
    this.pattern = pattern;
  }

  void accept(byte[] bytes, int length, long nanoTime) {
    printed |= length > 0;
    for (int i = 0; i < length; i++) {
      if (!pattern.separates(bytes[i])) {
        if (unit.size() < MAX_UNIT_BYTES) {
          unit.write(bytes[i]);
        }
        tailNanos = nanoTime;
      } else if (separatorSeen) {
        complete(nanoTime);
      } else {
        separatorSeen = true;
        head = takeUnit();
        headNanos = nanoTime;
      }
    }
  }

  private void complete(long nanoTime) {
    if (unit.size() == 0) {
      return;
    }
    String text = takeUnit();
    OptionalLong number = pattern.numberIn(text);
    if (number.isPresent()) {
      values.add(number.getAsLong());
      times.add(nanoTime);
      highest = Math.max(highest, number.getAsLong());
    } else if (words.size() < MAX_WORDS) {
      words.add(text);
    }
  }

  private String takeUnit() {
    String text = unit.toString(StandardCharsets.UTF_8);
    unit.reset();
    return text;
  }

  void end() {
    ended = true;
  }

  /** Say that the target has moved here, whether it prints or not. */
  void reach() {
    reached = true;
  }

  /** Whether the target is or was here, as far as can be known. */
  boolean present() {
    return printed || reached;
  }

  String name() {
    return name;
  }

  boolean ended() {
    return ended;
  }

  /** Whether the text before the first separator is known in full. */
  boolean headComplete() {
    return separatorSeen;
  }

  /** The text before the first separator, as far as it is known. */
  String head() {
    return separatorSeen ? head : unit.toString(StandardCharsets.UTF_8);
  }

  long headNanos() {
    return separatorSeen ? headNanos : tailNanos;
  }

  /**
   * The text after the last separator; empty where there is no separator, because it is the head.
   */
  String tail() {
    return separatorSeen ? unit.toString(StandardCharsets.UTF_8) : "";
  }

  long tailNanos() {
    return tailNanos;
  }

  /** The numbers between the first separator and the last one. */
  Longs values() {
    return values;
  }

  /** When each of {@link #values} was read, by {@link System#nanoTime}. */
  Longs times() {
    return times;
  }

  /** The highest of {@link #values}; {@link Long#MIN_VALUE} if there is none. */
  long highest() {
    return highest;
  }

  /** Words between the first separator and the last one that are no numbers. */
  List<String> words() {
    return words;
  }
}
