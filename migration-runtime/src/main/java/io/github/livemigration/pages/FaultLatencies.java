package io.github.livemigration.pages;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures how long faults take, from the moment when the kernel's message was read until the page
 * was installed.
 *
 * <p>Thread-safe; nothing is allocated for a fault. The faults under way are an open hash table,
 * which is as large as many threads wait at once.
 */
final class FaultLatencies {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int FIRST_CAPACITY = 256;
  private static final int EMPTY = -1;

  private final Histogram histogram = new Histogram(LONGEST_MICROS, 3);
  private int[] pages = emptyTable(FIRST_CAPACITY);
  private long[] starts = new long[FIRST_CAPACITY];
  private int size;
  private long zeroFilled;

  private static int[] emptyTable(int capacity) {
    int[] table = new int[capacity];
    Arrays.fill(table, EMPTY);
    return table;
  }

  /** Note that a thread waits for a page; a second thread at the same page changes nothing. */
  synchronized void begin(int page, long nanos) {
    if (2 * size >= pages.length) {
      grow();
    }
    int slot = slotOf(page);
    if (pages[slot] == EMPTY) {
      pages[slot] = page;
      starts[slot] = nanos;
      size++;
    }
  }

  /**
   * Note that a page is there, or that nobody can wait for it any more; harmless for a page without
   * a fault.
   */
  synchronized void end(int page, long nanos) {
    int slot = slotOf(page);
    if (pages[slot] == EMPTY) {
      return;
    }
    record(nanos - starts[slot]);
    remove(slot);
  }

  /** Note a fault that was answered with a new page of zeros. */
  synchronized void zeroFilled(long latencyNanos) {
    zeroFilled++;
    record(latencyNanos);
  }

  private void record(long latencyNanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(latencyNanos);
    histogram.recordValue(Math.max(0, Math.min(LONGEST_MICROS, micros)));
  }

  private int slotOf(int page) {
    int mask = pages.length - 1;
    int slot = (page * 0x9e3779b1) >>> 8 & mask;
    while (pages[slot] != EMPTY && pages[slot] != page) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Empty a slot, and move up what had to make way for it. */
  private void remove(int emptied) {
    pages[emptied] = EMPTY;
    size--;
    int mask = pages.length - 1;
    int slot = (emptied + 1) & mask;
    while (pages[slot] != EMPTY) {
      int page = pages[slot];
      pages[slot] = EMPTY;
      int better = slotOf(page);
      pages[better] = page;
      starts[better] = starts[slot];
      slot = (slot + 1) & mask;
    }
  }

  private void grow() {
    int[] oldPages = pages;
    long[] oldStarts = starts;
    pages = emptyTable(2 * oldPages.length);
    starts = new long[pages.length];
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != EMPTY) {
        int slot = slotOf(oldPages[i]);
        pages[slot] = oldPages[i];
        starts[slot] = oldStarts[i];
      }
    }
  }

  synchronized FaultStatistics statistics() {
    return new FaultStatistics(
        histogram.getTotalCount(),
        zeroFilled,
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(99),
        histogram.getMaxValue());
  }
}
