package io.github.livemigration.pages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Where pages of the source lie in an address space that has moved some of them since.
 *
 * <p>It starts as identity; {@code mremap(2)} changes it. A page of the source lies at one address
 * or, once its place was taken by something else, nowhere. Immutable.
 */
final class Translation {
  /** There is no such address. */
  static final long NONE = -1;

  private static final long ADDRESS_SPACE_END = 1L << 47;
  private static final Translation IDENTITY =
      new Translation(List.of(new Segment(0, 0, ADDRESS_SPACE_END)));

  /** A range that was moved as a whole; lengths in bytes. */
  private record Segment(long destination, long source, long length) {
    long destinationEnd() {
      return destination + length;
    }

    /** The part of this segment between two destination addresses, which must have one. */
    Segment part(long from, long to) {
      long start = Math.max(from, destination);
      return new Segment(
          start, source + (start - destination), Math.min(to, destinationEnd()) - start);
    }

    boolean continues(Segment before) {
      return before.destinationEnd() == destination && before.source + before.length == source;
    }
  }

  /** Receives ranges of source addresses, the end excluded. */
  @FunctionalInterface
  interface RangeConsumer {
    void accept(long start, long end);
  }

  private final Segment[] byDestination;
  private final Segment[] bySource;

  private Translation(List<Segment> sorted) {
    byDestination = sorted.toArray(new Segment[0]);
    bySource = byDestination.clone();
    Arrays.sort(bySource, Comparator.comparingLong(Segment::source));
  }

  static Translation identity() {
    return IDENTITY;
  }

  /** Returns whether nothing has moved. */
  boolean isIdentity() {
    return this == IDENTITY;
  }

  /**
   * Returns the source address whose page belongs at an address of this space, or {@link #NONE}.
   */
  long toSource(long destination) {
    if (isIdentity()) {
      return destination;
    }
    int low = 0;
    int high = byDestination.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Segment segment = byDestination[middle];
      if (destination < segment.destination) {
        high = middle - 1;
      } else if (destination >= segment.destinationEnd()) {
        low = middle + 1;
      } else {
        return segment.source + (destination - segment.destination);
      }
    }
    return NONE;
  }

  /** Returns the address in this space where a page of the source belongs, or {@link #NONE}. */
  long toDestination(long source) {
    if (isIdentity()) {
      return source;
    }
    int low = 0;
    int high = bySource.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Segment segment = bySource[middle];
      if (source < segment.source) {
        high = middle - 1;
      } else if (source >= segment.source + segment.length) {
        low = middle + 1;
      } else {
        return segment.destination + (source - segment.source);
      }
    }
    return NONE;
  }

  /** Hand out the source ranges that belong between two addresses of this space. */
  void forEachSource(long start, long end, RangeConsumer consumer) {
    forEachSource(start, end, offset -> true, consumer);
  }

  /** Like {@link #forEachSource(long, long, RangeConsumer)}, without ranges that have moved. */
  void forEachUnmovedSource(long start, long end, RangeConsumer consumer) {
    forEachSource(start, end, offset -> offset == 0, consumer);
  }

  private void forEachSource(long start, long end, LongPredicate offset, RangeConsumer consumer) {
    for (Segment segment : byDestination) {
      if (segment.destination < end
          && segment.destinationEnd() > start
          && offset.test(segment.destination - segment.source)) {
        Segment part = segment.part(start, end);
        consumer.accept(part.source, part.source + part.length);
      }
    }
  }

  /**
   * Returns the translation after a range was moved. What belonged at the new place lies nowhere
   * then, and nothing belongs at the old place.
   */
  Translation moved(long from, long to, long length) {
    List<Segment> segments = new ArrayList<>();
    for (Segment segment : without(without(List.of(byDestination), from, length), to, length)) {
      segments.add(segment);
    }
    for (Segment segment : byDestination) {
      if (segment.destination < from + length && segment.destinationEnd() > from) {
        Segment part = segment.part(from, from + length);
        segments.add(new Segment(part.destination - from + to, part.source, part.length));
      }
    }
    segments.sort(Comparator.comparingLong(Segment::destination));
    List<Segment> merged = new ArrayList<>();
    for (Segment segment : segments) {
      Segment last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && segment.continues(last)) {
        merged.set(
            merged.size() - 1,
            new Segment(last.destination, last.source, last.length + segment.length));
      } else {
        merged.add(segment);
      }
    }
    return merged.equals(List.of(IDENTITY.byDestination)) ? IDENTITY : new Translation(merged);
  }

  private static List<Segment> without(List<Segment> segments, long start, long length) {
    long end = start + length;
    List<Segment> rest = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.destination >= end || segment.destinationEnd() <= start) {
        rest.add(segment);
        continue;
      }
      if (segment.destination < start) {
        rest.add(segment.part(segment.destination, start));
      }
      if (segment.destinationEnd() > end) {
        rest.add(segment.part(end, segment.destinationEnd()));
      }
    }
    return rest;
  }
}
