package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.pages.Ranges;
import java.util.List;

/** The page tables of a process, to be used by one thread. */
final class PageTables implements AutoCloseable {
  private static final long KINDS = PageMapScan.PRESENT | PageMapScan.SWAPPED;

  private final PageMapScan scan;
  private long categories = PageMapScan.PFNZERO | PageMapScan.GUARD;

  private PageTables(PageMapScan scan) {
    this.scan = scan;
  }

  static PageTables open(int pid) {
    return new PageTables(PageMapScan.open(pid));
  }

  /**
   * Scan the address space in small steps.
   *
   * @param withFiles where pages of files may be, in address order. To tell those the kernel looks
   *     at a record of each page, which takes six times as long.
   * @param known runs of written pages that need no look, in address order
   */
  ResidentPages resident(List<AddressRange> withFiles, List<AddressRange> known, Pace pace) {
    ResidentPages pages = new ResidentPages();
    long next = AddressRange.USER_SPACE.startAddress();
    for (AddressRange run : known) {
      scan(next, run.startAddress(), withFiles, pages, pace);
      pages.add(run.startAddress(), run.endAddress(), 0);
      next = run.endAddress();
    }
    scan(next, AddressRange.USER_SPACE_END, withFiles, pages, pace);
    return pages;
  }

  private void scan(
      long start, long end, List<AddressRange> withFiles, ResidentPages pages, Pace pace) {
    if (start == end) {
      return;
    }
    long next = start;
    for (AddressRange files : Ranges.within(withFiles, new AddressRange(start, end - start))) {
      scan(next, files.startAddress(), 0, pages, pace);
      // The kernel leaves out pages of files, of which many programs map more than of their own.
      scan(files.startAddress(), files.endAddress(), PageMapScan.FILE, pages, pace);
      next = files.endAddress();
    }
    scan(next, end, 0, pages, pace);
  }

  private void scan(long start, long end, long without, ResidentPages pages, Pace pace) {
    try {
      scanOnce(start, end, without, pages, pace);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EINVAL || categories == PageMapScan.PFNZERO) {
        throw e;
      }
      categories = PageMapScan.PFNZERO; // A kernel before 6.15, which says so at the first call.
      scanOnce(start, end, without, pages, pace);
    }
  }

  private void scanOnce(long start, long end, long without, ResidentPages pages, Pace pace) {
    scan.scan(
        start,
        end,
        without,
        KINDS,
        without,
        categories,
        (first, last, found) -> {
          pages.add(first, last, found);
          pace.step();
        });
  }

  @Override
  public void close() {
    scan.close();
  }
}
