package io.github.livemigration.linux;

/**
 * The file system of huge pages, mounted or the kernel's own.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/hugetlbpage.html">HugeTLB pages</a>
 */
public final class HugeTlbFs {
  private static final int MAGIC = 0x958458f6;
  private static final int ORDINARY_PAGE_BYTES = 4096;
  private static final String POOLS = "/sys/kernel/mm/hugepages/hugepages-%dkB/";

  private HugeTlbFs() {}

  /**
   * Returns the size of a file's pages in bytes, which in this file system is that of its blocks.
   *
   * @param path by which it can be opened
   */
  public static int pageBytes(String path, FileStat stat) {
    if (stat.blockBytes() <= ORDINARY_PAGE_BYTES) {
      return ORDINARY_PAGE_BYTES;
    }
    try (OwnedFd file = OwnedFd.open(path, OpenFlags.PATH)) {
      NativeBuffer status = Scratch.get();
      if (LibC.call(X8664.FSTATFS, file.number(), status.address(), 0) < 0) {
        throw LibC.failure("fstatfs(" + file + ")");
      }
      // struct statfs: 0 long type; 8 long block size.
      return (int) status.getLong(0) == MAGIC ? stat.blockBytes() : ORDINARY_PAGE_BYTES;
    }
  }

  /** Returns how many huge pages of a size this host can still give to mappings. */
  public static long available(int pageBytes) {
    String pool = POOLS.formatted(pageBytes / 1024);
    if (!ProcFs.exists(pool)) {
      return 0;
    }
    long more = number(pool, "nr_overcommit_hugepages") - number(pool, "surplus_hugepages");
    return number(pool, "free_hugepages") - number(pool, "resv_hugepages") + Math.max(0, more);
  }

  private static long number(String pool, String name) {
    return Long.parseLong(ProcFs.readText(pool + name).strip());
  }
}
