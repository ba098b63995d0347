package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.PageMapScan;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of private memory that the target has written: in memory or swapped out, neither the
 * page cache's nor the shared page of zeros.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/pagemap.html">pagemap and PAGEMAP_SCAN</a>
 */
final class ResidentPages {
  private final List<AddressRange> runs;
  private int cursor;

  private ResidentPages(List<AddressRange> runs) {
    this.runs = runs;
  }

  /** Scan the page tables of a process. */
  static ResidentPages of(int pid) {
    List<AddressRange> runs = new ArrayList<>();
    try (PageMapScan scan = PageMapScan.open(pid)) {
      long kinds = PageMapScan.PRESENT | PageMapScan.SWAPPED;
      scan.scan(
          0,
          AddressRange.USER_SPACE_END,
          0,
          kinds,
          0,
          kinds | PageMapScan.FILE | PageMapScan.PFNZERO,
          (start, end, categories) -> {
            if ((categories & (PageMapScan.FILE | PageMapScan.PFNZERO)) == 0) {
              runs.add(new AddressRange(start, end - start));
            }
          });
    }
    return new ResidentPages(runs);
  }

  /** Returns the runs within a range. Ranges have to be asked for in address order. */
  List<AddressRange> anonymousWithin(AddressRange range) {
    List<AddressRange> within = new ArrayList<>();
    while (cursor < runs.size() && runs.get(cursor).endAddress() <= range.startAddress()) {
      cursor++;
    }
    for (int i = cursor; i < runs.size(); i++) {
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
