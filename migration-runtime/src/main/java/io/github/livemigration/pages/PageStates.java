package io.github.livemigration.pages;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one address space knows about each page of the map, two bits a page.
 *
 * <pre>
 *  missing ──► present     installed, by whoever came first
 *     │           │
 *     └───────────┴──────► dropped     given back or unmapped by the process itself: a fault there is a new page of zeros
 * </pre>
 *
 * <p>A page that has left the state "missing" never comes back to it. Threads that install share
 * the bitmaps; whose call returns {@code true} is the one that counts the page.
 */
final class PageStates {
  private final AtomicBitmap settled;
  private final AtomicBitmap dropped;
  private final AtomicInteger missing;

  /**
   * Start with all pages missing except some.
   *
   * @param present indexes of pages that are there already
   */
  PageStates(int pageCount, BitSet present) {
    settled = new AtomicBitmap(pageCount);
    dropped = new AtomicBitmap(pageCount);
    present.stream().forEach(settled::set);
    missing = new AtomicInteger(pageCount - present.cardinality());
  }

  /** Copies the states of the parent for a child, while nobody changes them. */
  PageStates(PageStates parent) {
    settled = new AtomicBitmap(parent.settled);
    dropped = new AtomicBitmap(parent.dropped);
    missing = new AtomicInteger(parent.missing.get());
  }

  boolean isMissing(int index) {
    return !settled.get(index);
  }

  /** Returns the first page of a range that is missing, or the end of the range. */
  int firstMissing(int from, int end) {
    return settled.firstClear(from, end);
  }

  /** Returns the first page of a range that is not missing, or the end of the range. */
  int firstSettled(int from, int end) {
    return settled.firstSet(from, end);
  }

  boolean isDropped(int index) {
    return dropped.get(index);
  }

  /** Returns whether all pages of a range are dropped. */
  boolean areDropped(int from, int end) {
    return dropped.firstClear(from, end) == end;
  }

  /**
   * Note that neighbouring pages are there; returns how many of them were missing until now, for
   * which {@link #countSettled} has to follow.
   */
  int setPresent(int index, int count) {
    return settled.set(index, count);
  }

  /** Note that the content of pages is not wanted any more; otherwise like {@link #setPresent}. */
  int setDropped(int index, int count) {
    dropped.set(index, count);
    return settled.set(index, count);
  }

  /**
   * Count pages that are missing no more, after everything else is done for them: the last one
   * completes post-copy.
   */
  void countSettled(int count) {
    missing.addAndGet(-count);
  }

  /** Number of pages that are neither present nor dropped. */
  int missingCount() {
    return missing.get();
  }
}
