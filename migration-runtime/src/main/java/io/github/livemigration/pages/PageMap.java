package io.github.livemigration.pages;

import io.github.livemigration.image.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The pages that a process had when it was frozen and that its new host does not have yet, by their
 * address on the source.
 *
 * <p>Each page has an index, 0 to {@link #pageCount()} − 1 in address order, so that what is known
 * about pages fits into bitmaps. Both sides make the same map from the same list. Immutable.
 */
public final class PageMap {
  /** Most pages that a map takes: 4 TiB of memory. */
  public static final int MAXIMUM_PAGES = 1 << 30;

  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  private final long[] starts;
  private final int[] firstIndexes;
  private final int pageCount;

  private PageMap(long[] starts, int[] firstIndexes, int pageCount) {
    this.starts = starts;
    this.firstIndexes = firstIndexes;
    this.pageCount = pageCount;
  }

  /** Returns the map without pages. */
  public static PageMap empty() {
    return new PageMap(new long[0], new int[0], 0);
  }

  /**
   * Make a map from runs that nobody has checked yet; runs that touch become one.
   *
   * @param runs in address order, without overlap
   * @throws IllegalArgumentException when they are not, or are too many pages
   */
  public static PageMap of(List<PageRun> runs) {
    long[] starts = new long[runs.size()];
    int[] firstIndexes = new int[runs.size()];
    int count = 0;
    long pages = 0;
    long previousEnd = -1;
    for (PageRun run : runs) {
      if (run.startAddress() < previousEnd) {
        throw new IllegalArgumentException(
            "run of pages at %#x overlaps the one before, which ends at %#x, or is out of order"
                .formatted(run.startAddress(), previousEnd));
      }
      if (run.startAddress() != previousEnd) {
        starts[count] = run.startAddress();
        firstIndexes[count] = (int) pages;
        count++;
      }
      pages += run.pageCount();
      previousEnd = run.endAddress();
      if (pages > MAXIMUM_PAGES) {
        throw new IllegalArgumentException(
            "page count %d exceeds the limit %d".formatted(pages, MAXIMUM_PAGES));
      }
    }
    return new PageMap(
        Arrays.copyOf(starts, count), Arrays.copyOf(firstIndexes, count), (int) pages);
  }

  /** Make a map from ranges; otherwise like {@link #of}. */
  public static PageMap ofRanges(List<AddressRange> ranges) {
    return of(ranges.stream().map(PageRun::of).toList());
  }

  /**
   * Returns the runs, in address order; between two of them is at least one page that is not in the
   * map.
   */
  public List<PageRun> runs() {
    List<PageRun> runs = new ArrayList<>(starts.length);
    for (int i = 0; i < starts.length; i++) {
      runs.add(new PageRun(starts[i], endOfRun(i) - firstIndexes[i]));
    }
    return runs;
  }

  /** Returns the runs as ranges. */
  public List<AddressRange> ranges() {
    return runs().stream().map(PageRun::range).toList();
  }

  /** Number of pages. */
  public int pageCount() {
    return pageCount;
  }

  /** Length of all pages in bytes. */
  public long lengthBytes() {
    return (long) pageCount * PAGE_BYTES;
  }

  /**
   * Look a page up.
   *
   * @param address any address in the page
   * @return its index, or −1 when it is not in the map
   */
  public int indexOf(long address) {
    int run = runAt(address);
    if (run < 0) {
      return -1;
    }
    long index = firstIndexes[run] + (address - starts[run]) / PAGE_BYTES;
    return index < endOfRun(run) ? (int) index : -1;
  }

  /**
   * Returns the address of a page.
   *
   * @throws IndexOutOfBoundsException for an index that no page has
   */
  public long addressOf(int index) {
    int run = runOf(index);
    return starts[run] + (long) (index - firstIndexes[run]) * PAGE_BYTES;
  }

  /** Returns how many pages of the map lie side by side from a page on, itself included. */
  public int contiguousFrom(int index) {
    return endOfRun(runOf(index)) - index;
  }

  /** Returns how many pages of the map lie side by side before a page. */
  int contiguousBefore(int index) {
    return index - firstIndexes[runOf(index)];
  }

  /** Returns whether the map has all of some neighbouring pages. */
  public boolean contains(long address, int count) {
    int index = indexOf(address);
    return index >= 0 && count <= contiguousFrom(index);
  }

  /**
   * Returns the index of the first page at or after an address.
   *
   * @return {@link #pageCount()} when there is none
   */
  int ceilingIndex(long address) {
    int run = runAt(address);
    if (run < 0) {
      return 0;
    }
    long index = firstIndexes[run] + (address - starts[run] + PAGE_BYTES - 1) / PAGE_BYTES;
    return (int) Math.min(index, endOfRun(run));
  }

  /** Returns the indexes of the pages of the map that lie within ranges. */
  public BitSet indexesWithin(List<AddressRange> ranges) {
    BitSet indexes = new BitSet(pageCount);
    for (AddressRange run : Ranges.common(ranges(), Ranges.merged(ranges))) {
      int index = indexOf(run.startAddress());
      indexes.set(index, index + (int) run.pageCount());
    }
    return indexes;
  }

  /** Returns the ranges that pages cover, by their indexes. */
  public List<AddressRange> rangesOf(BitSet indexes) {
    List<AddressRange> covered = new ArrayList<>();
    for (int first = indexes.nextSetBit(0); first >= 0; ) {
      int end = Math.min(indexes.nextClearBit(first), first + contiguousFrom(first));
      long address = addressOf(first);
      covered.add(new AddressRange(address, (long) (end - first) * PAGE_BYTES));
      first = indexes.nextSetBit(end);
    }
    return covered;
  }

  /** Last run that starts at or before an address, or −1. */
  private int runAt(long address) {
    int found = Arrays.binarySearch(starts, address);
    return found >= 0 ? found : -found - 2;
  }

  private int runOf(int index) {
    if (index < 0 || index >= pageCount) {
      throw new IndexOutOfBoundsException("page " + index + " of " + pageCount);
    }
    int found = Arrays.binarySearch(firstIndexes, index);
    return found >= 0 ? found : -found - 2;
  }

  private int endOfRun(int run) {
    return run + 1 < firstIndexes.length ? firstIndexes[run + 1] : pageCount;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageMap map
        && pageCount == map.pageCount
        && Arrays.equals(starts, map.starts)
        && Arrays.equals(firstIndexes, map.firstIndexes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(starts) + Arrays.hashCode(firstIndexes);
  }

  @Override
  public String toString() {
    return pageCount + " pages in " + starts.length + " runs";
  }
}
