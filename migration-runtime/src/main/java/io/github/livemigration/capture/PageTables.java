package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.SystemCallException;

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

  /** Scan a part of the address space. */
  ResidentPages resident(AddressRange range) {
    return resident(range, new Pace());
  }

  /** Scan a part of the address space in small steps. */
  ResidentPages resident(AddressRange range, Pace pace) {
    try {
      return scan(range, pace);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EINVAL && categories != PageMapScan.PFNZERO) {
        categories = PageMapScan.PFNZERO; // A kernel before 6.15.
        return scan(range, pace);
      }
      throw e;
    }
  }

  private ResidentPages scan(AddressRange range, Pace pace) {
    ResidentPages pages = new ResidentPages();
    // The kernel leaves out pages of files, of which many programs map more than of their own.
    long file = PageMapScan.FILE;
    scan.scan(
        range.startAddress(),
        range.endAddress(),
        file,
        KINDS,
        file,
        categories,
        (start, end, found) -> {
          pages.add(start, end, found);
          pace.step();
        });
    return pages;
  }

  @Override
  public void close() {
    scan.close();
  }
}
