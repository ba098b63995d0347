package io.github.livemigration.linux;

/**
 * A userfaultfd: it reports page faults and changes of layout of one address space, and resolves
 * them.
 *
 * <p>It belongs to the address space of the process that created it, whoever holds it. When its
 * last descriptor is closed the kernel drops the registration and missing pages read as zeros.
 * Callable from any thread; pages are installed by {@link Installation}, messages are read by
 * {@link #readMessages} and {@link UserfaultMessage}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/userfaultfd.2.html">userfaultfd(2)</a>
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/ioctl_userfaultfd.2.html">ioctl_userfaultfd(2)</a>
 */
public final class UserfaultFd implements AutoCloseable {
  /** Feature: faults say whether they were writes to a protected page. */
  public static final long FEATURE_PAGEFAULT_FLAG_WP = 1;

  /**
   * Feature: report fork with a descriptor for the child; needs CAP_SYS_PTRACE in the initial user
   * namespace.
   */
  public static final long FEATURE_EVENT_FORK = 1 << 1;

  /** Feature: report mremap. */
  public static final long FEATURE_EVENT_REMAP = 1 << 2;

  /** Feature: report madvise that drops pages. */
  public static final long FEATURE_EVENT_REMOVE = 1 << 3;

  /** Feature: missing pages of hugetlbfs. */
  public static final long FEATURE_MISSING_HUGETLBFS = 1 << 4;

  /** Feature: missing pages of shared memory. */
  public static final long FEATURE_MISSING_SHMEM = 1 << 5;

  /** Feature: report munmap. */
  public static final long FEATURE_EVENT_UNMAP = 1 << 6;

  /** Feature: SIGBUS instead of messages. */
  public static final long FEATURE_SIGBUS = 1 << 7;

  /** Feature: faults carry the thread's id. */
  public static final long FEATURE_THREAD_ID = 1 << 8;

  /** Feature: minor faults of hugetlbfs. */
  public static final long FEATURE_MINOR_HUGETLBFS = 1 << 9;

  /** Feature: minor faults of shared memory. */
  public static final long FEATURE_MINOR_SHMEM = 1 << 10;

  /** Feature: fault addresses are not rounded down to the page. */
  public static final long FEATURE_EXACT_ADDRESS = 1 << 11;

  /** Feature: write protection of hugetlbfs and shared memory. */
  public static final long FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;

  /** Feature: write protection of pages that are not populated. Linux 6.4. */
  public static final long FEATURE_WP_UNPOPULATED = 1 << 13;

  /** Feature: UFFDIO_POISON. Linux 6.6. */
  public static final long FEATURE_POISON = 1 << 14;

  /** Feature: the kernel lifts write protection itself and remembers it. Linux 6.7. */
  public static final long FEATURE_WP_ASYNC = 1 << 15;

  /** Feature: UFFDIO_MOVE. Linux 6.8. */
  public static final long FEATURE_MOVE = 1 << 16;

  /** Registration: report missing pages. */
  public static final int MODE_MISSING = 1;

  /** Registration: track or report writes to protected pages. */
  public static final int MODE_WP = 1 << 1;

  /** Registration: report pages that are in the page cache and not mapped. */
  public static final int MODE_MINOR = 1 << 2;

  /** Gives a userfaultfd to everybody who may open it. Linux 6.1. */
  public static final String DEVICE = "/dev/userfaultfd";

  /** Creation: only faults of user mode are reported; needs no privilege. */
  public static final int USER_MODE_ONLY = 1;

  private static final long API_VERSION = 0xAA;
  private static final int TYPE = 0xAA;

  /**
   * Number of the device's ioctl that makes a userfaultfd for the caller; its argument is flags.
   */
  public static final long USERFAULTFD_IOC_NEW = Ioctl.plain(TYPE, 0);

  // struct uffdio_api: 0 u64 api; 8 u64 features; 16 u64 ioctls
  /** Number of the ioctl that {@link #api} issues. */
  public static final long UFFDIO_API = Ioctl.readWrite(TYPE, 0x3F, 24);

  // struct uffdio_range: 0 u64 start; 8 u64 len
  private static final int RANGE_START = 0;
  private static final int RANGE_LENGTH = 8;
  private static final int RANGE_BYTES = 16;
  static final long UFFDIO_UNREGISTER = Ioctl.read(TYPE, 0x01, RANGE_BYTES);
  static final long UFFDIO_WAKE = Ioctl.read(TYPE, 0x02, RANGE_BYTES);

  // struct uffdio_register: range; 16 u64 mode; 24 u64 ioctls
  /** Number of the ioctl that {@link #register} issues. */
  public static final long UFFDIO_REGISTER = Ioctl.readWrite(TYPE, 0x00, RANGE_BYTES + 16);

  // struct uffdio_writeprotect: range; 16 u64 mode
  private static final int MODE = 16;
  static final long UFFDIO_WRITEPROTECT = Ioctl.readWrite(TYPE, 0x06, RANGE_BYTES + 8);

  // struct uffdio_poison: range; 16 u64 mode; 24 s64 updated
  static final long UFFDIO_POISON = Ioctl.readWrite(TYPE, 0x08, RANGE_BYTES + 16);

  private final OwnedFd fd;

  /**
   * Take over a descriptor, wherever it was created; it must be non-blocking for {@link
   * #readMessages}.
   */
  public UserfaultFd(OwnedFd fd) {
    this.fd = fd;
  }

  /**
   * Create one for this process, non-blocking.
   *
   * @param flags 0 or {@link #USER_MODE_ONLY}
   */
  public static UserfaultFd create(int flags) {
    long fd = LibC.call(X8664.USERFAULTFD, flags | OpenFlags.CLOEXEC | OpenFlags.NONBLOCK, 0, 0);
    if (fd < 0) {
      throw LibC.failure("userfaultfd(0x" + Integer.toHexString(flags) + ")");
    }
    return new UserfaultFd(OwnedFd.adopt((int) fd, "userfaultfd"));
  }

  /** Create one for this process by the device, non-blocking. */
  public static UserfaultFd createByDevice() {
    try (OwnedFd device = OwnedFd.open(DEVICE, OpenFlags.RDWR)) {
      long flags = OpenFlags.CLOEXEC | OpenFlags.NONBLOCK;
      int fd = Ioctl.call(device.number(), USERFAULTFD_IOC_NEW, flags);
      if (fd < 0) {
        throw LibC.failure("ioctl(" + DEVICE + ", USERFAULTFD_IOC_NEW)");
      }
      return new UserfaultFd(OwnedFd.adopt(fd, "userfaultfd"));
    }
  }

  /**
   * Enable features; once for each descriptor, before anything else.
   *
   * @param features the {@code FEATURE_} bits wanted; 0 enables none and only asks
   * @return the {@code FEATURE_} bits that the kernel supports
   * @throws SystemCallException with EINVAL for a feature that the kernel lacks, EPERM for {@link
   *     #FEATURE_EVENT_FORK} without the capability
   */
  public long api(long features) {
    NativeBuffer struct = Scratch.get();
    struct.putLong(0, API_VERSION);
    struct.putLong(8, features);
    struct.putLong(16, 0);
    ioctl(UFFDIO_API, struct, "UFFDIO_API, features 0x" + Long.toHexString(features));
    return struct.getLong(8);
  }

  /**
   * Register a range.
   *
   * @param start page-aligned address
   * @param length bytes, a multiple of the page size
   * @param mode {@code MODE_} bits
   * @return bit set of the ioctl numbers that the range allows
   */
  public long register(long start, long length, int mode) {
    NativeBuffer struct = range(start, length);
    struct.putLong(MODE, mode);
    struct.putLong(24, 0);
    ioctl(
        UFFDIO_REGISTER, struct, "UFFDIO_REGISTER, " + describe(start, length) + ", mode " + mode);
    return struct.getLong(24);
  }

  /** End the registration of a range, and wake the threads that wait in it. */
  public void unregister(long start, long length) {
    ioctl(UFFDIO_UNREGISTER, range(start, length), "UFFDIO_UNREGISTER, " + describe(start, length));
  }

  /** Wake the threads that wait for a page of a range, so that they try again. */
  public void wake(long start, long length) {
    ioctl(UFFDIO_WAKE, range(start, length), "UFFDIO_WAKE, " + describe(start, length));
  }

  /**
   * Set or lift write protection of a range that is registered with {@link #MODE_WP}.
   *
   * @throws SystemCallException with EAGAIN while a change of layout waits to be read
   */
  public void writeProtect(long start, long length, boolean protect) {
    NativeBuffer struct = range(start, length);
    struct.putLong(MODE, protect ? 1 : 0);
    ioctl(UFFDIO_WRITEPROTECT, struct, "UFFDIO_WRITEPROTECT, " + describe(start, length));
  }

  /**
   * Returns whether the kernel has changed the layout, or is about to, and the message that tells
   * so has not been read.
   */
  public boolean hasUntoldChange() {
    NativeBuffer struct = range(NativeBuffer.PAGE_SIZE, NativeBuffer.PAGE_SIZE);
    struct.putLong(MODE, 0);
    // Refused in either case, as nothing is mapped there: EAGAIN comes before the range is looked
    // at.
    return Ioctl.call(fd.number(), UFFDIO_WRITEPROTECT, struct.address()) < 0
        && LibC.errno() == Errno.EAGAIN;
  }

  /** Make every later access to a missing page of a range fail with SIGBUS. Linux 6.6. */
  public void poison(long start, long length) {
    NativeBuffer struct = range(start, length);
    struct.putLong(MODE, 0);
    struct.putLong(24, 0);
    ioctl(UFFDIO_POISON, struct, "UFFDIO_POISON, " + describe(start, length));
  }

  /**
   * Read what has happened: faults first, then changes of layout. Allocates nothing.
   *
   * @param into receives messages of {@link UserfaultMessage#BYTES} each
   * @return number of messages; 0 when there is none now
   */
  public int readMessages(NativeBuffer into) {
    return readMessages(into, 0, into.length() / UserfaultMessage.BYTES);
  }

  /**
   * Like {@link #readMessages(NativeBuffer)}, into a part of the memory. A message is either there
   * or still to be read, even if this process is killed meanwhile, as long as the memory is not
   * only reserved: the kernel does not leave off between taking a message and writing it.
   *
   * @param first index of the first message
   * @param most number of messages that there is room for
   */
  public int readMessages(NativeBuffer into, int first, int most) {
    if (first < 0 || most < 1 || first + most > into.length() / UserfaultMessage.BYTES) {
      throw new IndexOutOfBoundsException(most + " messages from " + first);
    }
    long room = (long) most * UserfaultMessage.BYTES;
    long count = fd.read(into.address() + (long) first * UserfaultMessage.BYTES, room);
    return count == OwnedFd.READ_WOULD_BLOCK ? 0 : (int) (count / UserfaultMessage.BYTES);
  }

  /** The descriptor's number. */
  public int number() {
    return fd.number();
  }

  @Override
  public void close() {
    fd.close();
  }

  private static NativeBuffer range(long start, long length) {
    NativeBuffer struct = Scratch.get();
    struct.putLong(RANGE_START, start);
    struct.putLong(RANGE_LENGTH, length);
    return struct;
  }

  private void ioctl(long request, NativeBuffer struct, String arguments) {
    FaultPoints.reach("ioctl(userfaultfd)");
    if (Ioctl.call(fd.number(), request, struct.address()) < 0) {
      throw LibC.failure("ioctl(" + fd + ", " + arguments + ")");
    }
  }

  private static String describe(long start, long length) {
    return "0x" + Long.toHexString(start) + "+0x" + Long.toHexString(length);
  }
}
