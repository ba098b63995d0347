package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.PageMapScan;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of private memory that the target has touched: in memory or swapped out, not the page
 * cache's.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/pagemap.html">pagemap and PAGEMAP_SCAN</a>
 */
final class ResidentPages {
  private final List<AddressRange> written = new ArrayList<>();
  private final List<AddressRange> zeros = new ArrayList<>();
  private final List<AddressRange> guards = new ArrayList<>();
  private int nextWritten;
  private int nextZero;

  /** Scan all page tables of a process. */
  static ResidentPages of(int pid) {
    try (PageTables tables = PageTables.open(pid)) {
      return tables.resident(AddressRange.USER_SPACE);
    }
  }

  /**
   * Scan the page tables of a process in small steps, as {@link PageTables#resident(List, List,
   * Pace)} tells.
   */
  static ResidentPages of(
      int pid, List<AddressRange> withFiles, List<AddressRange> known, Pace pace) {
    try (PageTables tables = PageTables.open(pid)) {
      return tables.resident(withFiles, known, pace);
    }
  }

  /** Add a run behind all others. */
  void add(long start, long end, long categories) {
    AddressRange run = new AddressRange(start, end - start);
    if ((categories & PageMapScan.GUARD) != 0) {
      guards.add(run);
    } else if ((categories & PageMapScan.PFNZERO) != 0) {
      zeros.add(run);
    } else {
      written.add(run);
    }
  }

  /** Returns guard regions, in address order. */
  List<AddressRange> guards() {
    return guards;
  }

  /** Returns pages that show the shared page of zeros, in address order. */
  List<AddressRange> zeros() {
    return zeros;
  }

  /**
   * Returns the runs within a range that have content of their own. Ranges have to be asked for in
   * address order.
   */
  List<AddressRange> writtenWithin(AddressRange range) {
    nextWritten = firstBehind(written, nextWritten, range.startAddress());
    return within(written, nextWritten, range);
  }

  /**
   * Returns the runs within a range that were read, and show the shared page of zeros. Ranges have
   * to be asked for in address order.
   */
  List<AddressRange> zerosWithin(AddressRange range) {
    nextZero = firstBehind(zeros, nextZero, range.startAddress());
    return within(zeros, nextZero, range);
  }

  private static int firstBehind(List<AddressRange> runs, int from, long address) {
    int next = from;
    while (next < runs.size() && runs.get(next).endAddress() <= address) {
      next++;
    }
    return next;
  }

  private static List<AddressRange> within(List<AddressRange> runs, int first, AddressRange range) {
    List<AddressRange> within = new ArrayList<>();
    for (int i = first; i < runs.size(); i++) {
      AddressRange run = runs.get(i);
      if (run.startAddress() >= range.endAddress()) {
        break;
      }
      long start = Math.max(run.startAddress(), range.startAddress());
      long end = Math.min(run.endAddress(), range.endAddress());
      within.add(new AddressRange(start, end - start));
    }
    return within;
  }
}
