package io.github.livemigration.linux;

/**
 * Installs pages into ranges that are registered for missing faults, and tells how far it came.
 *
 * <p>Reusable; each installing thread has its own. Nothing is allocated. When two threads race for
 * a page, the later one gets {@link Outcome#PRESENT}.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/UFFDIO_COPY.2const.html">UFFDIO_COPY(2const)</a>
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/UFFDIO_ZEROPAGE.2const.html">UFFDIO_ZEROPAGE(2const)</a>
 */
public final class Installation {
  /** Why an installation ended. */
  public enum Outcome {
    /** All bytes were installed. */
    DONE,
    /** The page after {@link Installation#bytes} is there already. */
    PRESENT,
    /**
     * A change of layout is under way: read messages, then try again from {@link
     * Installation#bytes}.
     */
    RETRY,
    /** The page after {@link Installation#bytes} is not in a registered range (any more). */
    RANGE_GONE,
    /** The process has ended. */
    PROCESS_GONE
  }

  /** Mode: do not wake the threads that wait; {@link UserfaultFd#wake} does it later. */
  public static final int MODE_DONTWAKE = 1;

  /** Mode of copy: install write-protected. */
  public static final int MODE_WP = 1 << 1;

  // struct uffdio_copy: 0 u64 dst; 8 u64 src; 16 u64 len; 24 u64 mode; 32 s64 copy
  private static final int COPY_DESTINATION = 0;
  private static final int COPY_SOURCE = 8;
  private static final int COPY_LENGTH = 16;
  private static final int COPY_MODE = 24;
  private static final int COPY_RESULT = 32;
  private static final int COPY_BYTES = 40;
  static final long UFFDIO_COPY = Ioctl.readWrite(0xAA, 0x03, COPY_BYTES);

  // struct uffdio_zeropage: 0 u64 start; 8 u64 len; 16 u64 mode; 24 s64 zeropage
  private static final int ZERO_START = 0;
  private static final int ZERO_LENGTH = 8;
  private static final int ZERO_MODE = 16;
  private static final int ZERO_RESULT = 24;
  private static final int ZERO_BYTES = 32;
  static final long UFFDIO_ZEROPAGE = Ioctl.readWrite(0xAA, 0x04, ZERO_BYTES);

  private final NativeBuffer struct = NativeBuffer.allocate(COPY_BYTES);
  private long bytes;
  private Outcome outcome = Outcome.DONE;

  /**
   * Install the content of pages and wake the threads that wait for them.
   *
   * @param userfault of the process that receives the pages
   * @param destination page-aligned address in that process
   * @param source address in this process
   * @param length bytes, a multiple of the page size
   * @throws SystemCallException for an error that is not one of the outcomes
   */
  public void copy(UserfaultFd userfault, long destination, long source, long length) {
    copy(userfault, destination, source, length, 0);
  }

  /**
   * Install the content of pages.
   *
   * @param mode {@code MODE_} bits
   */
  public void copy(UserfaultFd userfault, long destination, long source, long length, int mode) {
    bytes = 0;
    int fd = userfault.number();
    while (true) {
      struct.putLong(COPY_DESTINATION, destination + bytes);
      struct.putLong(COPY_SOURCE, source + bytes);
      struct.putLong(COPY_LENGTH, length - bytes);
      struct.putLong(COPY_MODE, mode);
      struct.putLong(COPY_RESULT, 0);
      int result = Ioctl.call(fd, UFFDIO_COPY, struct.address());
      if (stepEnds(result, struct, COPY_RESULT, length, "UFFDIO_COPY", destination)) {
        return;
      }
    }
  }

  /**
   * Install pages of zeros and wake the threads that wait for them.
   *
   * @param userfault of the process that receives the pages
   * @param destination page-aligned address in that process
   * @param length bytes, a multiple of the page size
   * @throws SystemCallException for an error that is not one of the outcomes
   */
  public void zero(UserfaultFd userfault, long destination, long length) {
    zero(userfault, destination, length, 0);
  }

  /**
   * Install pages of zeros.
   *
   * @param mode 0 or {@link #MODE_DONTWAKE}
   */
  public void zero(UserfaultFd userfault, long destination, long length, int mode) {
    bytes = 0;
    int fd = userfault.number();
    while (true) {
      struct.putLong(ZERO_START, destination + bytes);
      struct.putLong(ZERO_LENGTH, length - bytes);
      struct.putLong(ZERO_MODE, mode);
      struct.putLong(ZERO_RESULT, 0);
      int result = Ioctl.call(fd, UFFDIO_ZEROPAGE, struct.address());
      if (stepEnds(result, struct, ZERO_RESULT, length, "UFFDIO_ZEROPAGE", destination)) {
        return;
      }
    }
  }

  /** Bytes installed by the last call, from the start of its range. */
  public long bytes() {
    return bytes;
  }

  /** Why the last call ended. */
  public Outcome outcome() {
    return outcome;
  }

  private boolean stepEnds(
      int result,
      NativeBuffer struct,
      int resultOffset,
      long length,
      String call,
      long destination) {
    if (result == 0) {
      bytes = length;
      outcome = Outcome.DONE;
      return true;
    }
    int errno = LibC.errno();
    long progress = struct.getLong(resultOffset);
    if (errno == Errno.EAGAIN && progress > 0) {
      // The kernel hides why it stopped half-way; asking again for the rest tells.
      bytes += progress;
      return false;
    }
    switch (errno) {
      case Errno.EAGAIN -> outcome = Outcome.RETRY;
      case Errno.EEXIST -> outcome = Outcome.PRESENT;
      case Errno.ENOENT -> outcome = Outcome.RANGE_GONE;
      case Errno.ESRCH -> outcome = Outcome.PROCESS_GONE;
      default -> {
        String range =
            "0x" + Long.toHexString(destination + bytes) + "+0x" + Long.toHexString(length - bytes);
        throw new SystemCallException("ioctl(" + call + ", " + range + ")", errno);
      }
    }
    return true;
  }
}
