package io.github.livemigration.linux;

/**
 * Pipes: making them, their capacity and what is queued in them.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</a>
 */
public final class Pipes {
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;
  private static final long FIONREAD = 0x541B;

  private Pipes() {}

  /** The two ends of a pipe. */
  public record Pipe(OwnedFd readEnd, OwnedFd writeEnd) implements AutoCloseable {
    @Override
    public void close() {
      try (readEnd) {
        writeEnd.close();
      }
    }
  }

  /** Make a pipe whose ends are closed on exec. */
  public static Pipe create() {
    NativeBuffer fds = NativeBuffer.allocate(2 * Integer.BYTES);
    if (LibC.call(X8664.PIPE2, fds.address(), OpenFlags.CLOEXEC, 0) < 0) {
      throw LibC.failure("pipe2()");
    }
    return new Pipe(
        OwnedFd.adopt(fds.getInt(0), "pipe, read end"),
        OwnedFd.adopt(fds.getInt(4), "pipe, write end"));
  }

  /** Capacity in bytes. */
  public static int capacity(OwnedFd pipe) {
    long capacity = LibC.call(X8664.FCNTL, pipe.number(), F_GETPIPE_SZ, 0);
    if (capacity < 0) {
      throw LibC.failure("fcntl(" + pipe + ", F_GETPIPE_SZ)");
    }
    return (int) capacity;
  }

  /**
   * Change the capacity.
   *
   * @param bytes wanted; the kernel rounds up to a power of two of pages
   * @return the capacity it has now
   * @throws SystemCallException with EPERM above {@code /proc/sys/fs/pipe-max-size} without
   *     CAP_SYS_RESOURCE, EBUSY when more is queued
   */
  public static int setCapacity(OwnedFd pipe, int bytes) {
    long capacity = LibC.call(X8664.FCNTL, pipe.number(), F_SETPIPE_SZ, bytes);
    if (capacity < 0) {
      throw LibC.failure("fcntl(" + pipe + ", F_SETPIPE_SZ, " + bytes + ")");
    }
    return (int) capacity;
  }

  /** Number of bytes that can be read now. */
  public static int queuedBytes(OwnedFd pipe) {
    NativeBuffer count = Scratch.get();
    if (Ioctl.call(pipe.number(), FIONREAD, count.address()) < 0) {
      throw LibC.failure("ioctl(" + pipe + ", FIONREAD)");
    }
    return count.getInt(0);
  }
}
