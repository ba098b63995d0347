package io.github.livemigration.linux;

import com.sun.jna.Native;

/**
 * Memory of this process for tests that take its pages away.
 *
 * <p>It is touched inside native calls only. A thread that waits for a page there does not keep the
 * JVM from a safepoint, as a thread in the middle of Java or JVM code would; the thread that has to
 * bring the page would then wait for the garbage collector, for ever.
 */
public final class TestMemory {
  /** Protection: none. */
  public static final int PROT_NONE = 0;

  /** Protection: read. */
  public static final int PROT_READ = 1;

  /** Protection: read and write. */
  public static final int PROT_READ_WRITE = 3;

  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MREMAP_MAYMOVE = 1;
  private static final int MREMAP_FIXED = 2;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  static {
    Native.register(TestMemory.class, "c");
  }

  private TestMemory() {}

  private static native long memcpy(long destination, long source, long length);

  private static native int memcmp(long one, long other, long length);

  /** Map private anonymous memory, readable and writable, in pages of 4096 bytes. */
  public static long map(long lengthBytes) {
    return map(0, lengthBytes, PROT_READ_WRITE, 0);
  }

  /** Map private anonymous memory in place of whatever is at an address. */
  public static void mapAt(long address, long lengthBytes, int protection) {
    map(address, lengthBytes, protection, MAP_FIXED);
  }

  private static long map(long address, long lengthBytes, int protection, int flags) {
    long result =
        LibC.syscall(
            X8664.MMAP,
            address,
            lengthBytes,
            protection,
            flags | MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0);
    check(result, "mmap");
    madvise(result, lengthBytes, MADV_NOHUGEPAGE);
    return result;
  }

  /** Unmap a range. */
  public static void unmap(long address, long lengthBytes) {
    check(LibC.syscall(X8664.MUNMAP, address, lengthBytes, 0, 0, 0, 0), "munmap");
  }

  /** Move a range to an address. */
  public static void move(long from, long to, long lengthBytes) {
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    check(LibC.syscall(X8664.MREMAP, from, lengthBytes, lengthBytes, flags, to, 0), "mremap");
  }

  /** Give the content of a range back. */
  public static void discard(long address, long lengthBytes) {
    madvise(address, lengthBytes, MADV_DONTNEED);
  }

  /** Change the protection of a range. */
  public static void protect(long address, long lengthBytes, int protection) {
    check(LibC.syscall(X8664.MPROTECT, address, lengthBytes, protection, 0, 0, 0), "mprotect");
  }

  /** Copy memory, waiting for missing pages. */
  public static void copy(long destination, long source, long lengthBytes) {
    memcpy(destination, source, lengthBytes);
  }

  /** Returns whether two ranges have the same content, waiting for missing pages. */
  public static boolean same(long one, long other, long lengthBytes) {
    return memcmp(one, other, lengthBytes) == 0;
  }

  private static void madvise(long address, long lengthBytes, int advice) {
    check(LibC.syscall(X8664.MADVISE, address, lengthBytes, advice, 0, 0, 0), "madvise");
  }

  private static void check(long result, String call) {
    if (result == -1) {
      throw LibC.failure(call);
    }
  }
}
