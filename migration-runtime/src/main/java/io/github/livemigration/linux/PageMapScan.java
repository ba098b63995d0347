package io.github.livemigration.linux;

/**
 * Lists the pages of a process by category, in one pass over its page tables. Linux 6.7.
 *
 * <p>One thread at a time. A page matches when, after flipping the bits of the inverted mask, it
 * has all categories of the required mask and (unless that is 0) one of the any-of mask.
 * Neighbouring pages with the same returned categories come as one run, though a long run may come
 * in parts.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/PAGEMAP_SCAN.2const.html">PAGEMAP_SCAN(2const)</a>
 */
public final class PageMapScan implements AutoCloseable {
  /** Category: the range tracks writes without messages. */
  public static final long WPALLOWED = 1;

  /** Category: written since it was write-protected. */
  public static final long WRITTEN = 1 << 1;

  /** Category: backed by a file or shared memory. */
  public static final long FILE = 1 << 2;

  /** Category: in memory. */
  public static final long PRESENT = 1 << 3;

  /** Category: in swap. */
  public static final long SWAPPED = 1 << 4;

  /** Category: the shared page of zeros. */
  public static final long PFNZERO = 1 << 5;

  /** Category: part of a huge page. */
  public static final long HUGE = 1 << 6;

  /** Category: soft-dirty. */
  public static final long SOFT_DIRTY = 1 << 7;

  /** Category: a guard region; such pages count as {@link #SWAPPED} too. Linux 6.15. */
  public static final long GUARD = 1 << 8;

  private static final long FLAG_WP_MATCHING = 1;
  private static final long FLAG_CHECK_WPASYNC = 2;

  // struct pm_scan_arg: 0 size; 8 flags; 16 start; 24 end; 32 walk_end; 40 vec; 48 vec_len; 56
  // max_pages;
  // 64 category_inverted; 72 category_mask; 80 category_anyof_mask; 88 return_mask; all u64
  private static final int SIZE = 0;
  private static final int FLAGS = 8;
  private static final int START = 16;
  private static final int END = 24;
  private static final int WALK_END = 32;
  private static final int VECTOR = 40;
  private static final int VECTOR_LENGTH = 48;
  private static final int MAX_PAGES = 56;
  private static final int INVERTED = 64;
  private static final int REQUIRED = 72;
  private static final int ANY_OF = 80;
  private static final int RETURN = 88;
  private static final int STRUCT_BYTES = 96;
  static final long PAGEMAP_SCAN = Ioctl.readWrite('f', 16, STRUCT_BYTES);

  // struct page_region: 0 u64 start; 8 u64 end; 16 u64 categories
  private static final int REGION_BYTES = 24;

  /**
   * As many as the kernel collects before it copies them out (PAGEMAP_WALK_SIZE in pages). With a
   * longer vector it goes on after the first 512, and where that second walk comes to the end of
   * the range it leaves {@code walk_end} where the first one stopped: the rest would be listed
   * twice.
   */
  private static final int REGIONS = 512;

  /**
   * As many as take the kernel a tenth of a millisecond: all the while it keeps the memory map from
   * changing, and whoever maps memory meanwhile waits.
   */
  private static final long PAGES_AT_ONCE = 1024;

  private final OwnedFd pagemap;
  private final NativeBuffer struct = NativeBuffer.allocate(STRUCT_BYTES);
  private final NativeBuffer regions = NativeBuffer.allocate(REGIONS * REGION_BYTES);

  private PageMapScan(OwnedFd pagemap) {
    this.pagemap = pagemap;
  }

  /** Receives runs of pages in ascending order. */
  @FunctionalInterface
  public interface RunConsumer {
    /**
     * Take a run.
     *
     * @param start address of the first page
     * @param end address after the last page
     * @param categories those of the return mask that the pages have
     */
    void accept(long start, long end, long categories);
  }

  /** Open the page map of a process; needs the right to trace it. */
  public static PageMapScan open(int pid) {
    return new PageMapScan(OwnedFd.open("/proc/" + pid + "/pagemap", OpenFlags.RDONLY));
  }

  /**
   * List matching pages.
   *
   * @param start page-aligned address
   * @param end page-aligned address, exclusive
   * @param requiredMask categories that a page must have
   * @param anyOfMask categories of which a page must have one; 0 for no such condition
   * @param invertedMask categories whose meaning is flipped in both masks
   * @param returnMask categories to report
   */
  public void scan(
      long start,
      long end,
      long requiredMask,
      long anyOfMask,
      long invertedMask,
      long returnMask,
      RunConsumer consumer) {
    scan(0, start, end, requiredMask, anyOfMask, invertedMask, returnMask, consumer);
  }

  /**
   * List matching pages and write-protect them in the same step, so that the next scan for {@link
   * #WRITTEN} shows what was written since.
   *
   * @throws SystemCallException with EPERM when a part of the range is not registered for
   *     asynchronous write protection
   */
  public void scanAndWriteProtect(
      long start,
      long end,
      long requiredMask,
      long anyOfMask,
      long invertedMask,
      long returnMask,
      RunConsumer consumer) {
    long flags = FLAG_WP_MATCHING | FLAG_CHECK_WPASYNC;
    scan(flags, start, end, requiredMask, anyOfMask, invertedMask, returnMask, consumer);
  }

  private void scan(
      long flags,
      long start,
      long end,
      long requiredMask,
      long anyOfMask,
      long invertedMask,
      long returnMask,
      RunConsumer consumer) {
    long from = start;
    while (from < end) {
      struct.putLong(SIZE, STRUCT_BYTES);
      struct.putLong(FLAGS, flags);
      struct.putLong(START, from);
      struct.putLong(END, end);
      struct.putLong(WALK_END, 0);
      struct.putLong(VECTOR, regions.address());
      struct.putLong(VECTOR_LENGTH, REGIONS);
      struct.putLong(MAX_PAGES, PAGES_AT_ONCE);
      struct.putLong(INVERTED, invertedMask);
      struct.putLong(REQUIRED, requiredMask);
      struct.putLong(ANY_OF, anyOfMask);
      struct.putLong(RETURN, returnMask);
      FaultPoints.reach("ioctl(PAGEMAP_SCAN)");
      int count = Ioctl.call(pagemap.number(), PAGEMAP_SCAN, struct.address());
      if (count < 0) {
        if (LibC.errno() == Errno.EINTR) {
          continue;
        }
        throw LibC.failure(
            "ioctl("
                + pagemap
                + ", PAGEMAP_SCAN, 0x"
                + Long.toHexString(from)
                + "-0x"
                + Long.toHexString(end)
                + ")");
      }
      for (int i = 0; i < count; i++) {
        int region = i * REGION_BYTES;
        consumer.accept(
            regions.getLong(region), regions.getLong(region + 8), regions.getLong(region + 16));
      }
      from = struct.getLong(WALK_END);
    }
  }

  @Override
  public void close() {
    pagemap.close();
  }
}
