package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of private memory that the target has touched: in memory or swapped out, not the page
 * cache's. Once all are added any thread may ask.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/pagemap.html">pagemap and PAGEMAP_SCAN</a>
 */
final class ResidentPages {
  private final List<AddressRange> written = new ArrayList<>();
  private final List<AddressRange> zeros = new ArrayList<>();
  private final List<AddressRange> guards = new ArrayList<>();

  /** Scan all page tables of a process. */
  static ResidentPages of(int pid) {
    return of(pid, List.of(AddressRange.USER_SPACE), List.of(), new Pace());
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

  /** Returns the runs within a range that have content of their own, in address order. */
  List<AddressRange> writtenWithin(AddressRange range) {
    return Ranges.within(written, range);
  }

  /**
   * Returns the runs within a range that were read, and show the shared page of zeros, in address
   * order.
   */
  List<AddressRange> zerosWithin(AddressRange range) {
    return Ranges.within(zeros, range);
  }
}
