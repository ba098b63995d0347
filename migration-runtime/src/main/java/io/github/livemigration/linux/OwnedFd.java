package io.github.livemigration.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor of this process that is closed exactly once.
 *
 * <p>Closing is thread-safe and harmless when repeated. Closing while another thread is inside a
 * call on the same descriptor is for the caller to prevent: the kernel may give its number to
 * another file at once.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class OwnedFd implements AutoCloseable {
  /** Result of {@link #read} on a non-blocking descriptor that has nothing now. */
  public static final long READ_WOULD_BLOCK = -Errno.EAGAIN;

  /** For {@link #lseek}: offset from the start of the file. */
  public static final int SEEK_SET = 0;

  /** For {@link #lseek}: offset from the current position. */
  public static final int SEEK_CUR = 1;

  /** For {@link #lseek}: offset from the end of the file. */
  public static final int SEEK_END = 2;

  /** For {@link #lseek}: next data at or after the offset. */
  public static final int SEEK_DATA = 3;

  /** For {@link #lseek}: next hole at or after the offset. */
  public static final int SEEK_HOLE = 4;

  private static final int CLOSED = -1;
  private static final int AT_FDCWD = -100;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private final AtomicInteger number;
  private final String description;

  private OwnedFd(int number, String description) {
    this.number = new AtomicInteger(number);
    this.description = description;
  }

  /**
   * Take over a descriptor that is open in this process.
   *
   * @param number descriptor, from now on closed by this object only
   * @param description what it is, for messages
   */
  public static OwnedFd adopt(int number, String description) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    return new OwnedFd(number, description);
  }

  /** Open a path; {@link OpenFlags#CLOEXEC} is always added. */
  public static OwnedFd open(String path, int flags) {
    return open(path, flags, 0);
  }

  /**
   * Open or create a path; {@link OpenFlags#CLOEXEC} is always added.
   *
   * @param mode permission bits for a file that is created
   */
  public static OwnedFd open(String path, int flags, int mode) {
    return openat(AT_FDCWD, path, flags, mode);
  }

  /** Open a path relative to a directory; {@link OpenFlags#CLOEXEC} is always added. */
  public static OwnedFd openat(OwnedFd directory, String path, int flags) {
    return openat(directory.number(), path, flags, 0);
  }

  private static OwnedFd openat(int directory, String path, int flags, int mode) {
    int all = flags | OpenFlags.CLOEXEC;
    byte[] name = LibC.cString(path);
    FaultPoints.reach("open");
    while (true) {
      long fd = LibC.syscall(X8664.OPENAT, directory, name, all, mode, 0);
      if (fd >= 0) {
        return new OwnedFd((int) fd, path);
      }
      if (LibC.errno() != Errno.EINTR) {
        throw LibC.failure("open(" + path + ", flags 0" + Integer.toOctalString(all) + ")");
      }
    }
  }

  /**
   * The descriptor's number.
   *
   * @throws IllegalStateException when it is closed
   */
  public int number() {
    int fd = number.get();
    if (fd == CLOSED) {
      throw new IllegalStateException("descriptor is closed: " + description);
    }
    return fd;
  }

  /** Whether {@link #close} has not been called. */
  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** Duplicate the descriptor: the copy shares offset and status flags, and is closed on exec. */
  public OwnedFd duplicate() {
    long copy = LibC.call(X8664.FCNTL, number(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
      throw failure("fcntl", "F_DUPFD_CLOEXEC");
    }
    return new OwnedFd((int) copy, description);
  }

  /**
   * Read into native memory.
   *
   * @return bytes read; 0 at the end; {@link #READ_WOULD_BLOCK} on a non-blocking descriptor that
   *     has nothing now
   */
  public long read(long address, long length) {
    FaultPoints.reach("read");
    int fd = number();
    while (true) {
      long count = LibC.read(fd, address, length);
      if (count >= 0) {
        return count;
      }
      int errno = LibC.errno();
      if (errno == Errno.EAGAIN) {
        return READ_WOULD_BLOCK;
      }
      if (errno != Errno.EINTR) {
        throw failure("read", length + " bytes");
      }
    }
  }

  /**
   * Write from native memory.
   *
   * @return bytes written, possibly fewer than asked; {@link #READ_WOULD_BLOCK} on a non-blocking
   *     descriptor that takes nothing now
   */
  public long write(long address, long length) {
    int fd = number();
    while (true) {
      long count = LibC.write(fd, address, length);
      if (count >= 0) {
        return count;
      }
      int errno = LibC.errno();
      if (errno == Errno.EAGAIN) {
        return READ_WOULD_BLOCK;
      }
      if (errno != Errno.EINTR) {
        throw failure("write", length + " bytes");
      }
    }
  }

  /**
   * Read at a position, which does not move the descriptor's own.
   *
   * @return bytes read; 0 at the end
   */
  public long pread(long address, long length, long offset) {
    int fd = number();
    while (true) {
      long count = LibC.pread(fd, address, length, offset);
      if (count >= 0) {
        return count;
      }
      if (LibC.errno() != Errno.EINTR) {
        throw failure("pread", length + " bytes at 0x" + Long.toHexString(offset));
      }
    }
  }

  /**
   * Write at a position, which does not move the descriptor's own.
   *
   * @return bytes written, possibly fewer than asked
   */
  public long pwrite(long address, long length, long offset) {
    int fd = number();
    while (true) {
      long count = LibC.pwrite(fd, address, length, offset);
      if (count >= 0) {
        return count;
      }
      if (LibC.errno() != Errno.EINTR) {
        throw failure("pwrite", length + " bytes at 0x" + Long.toHexString(offset));
      }
    }
  }

  /**
   * Move the descriptor's position.
   *
   * @param whence one of the {@code SEEK_} constants
   * @return the new position, in bytes from the start
   */
  public long lseek(long offset, int whence) {
    long position = LibC.lseek(number(), offset, whence);
    if (position < 0) {
      throw failure("lseek", offset + ", whence " + whence);
    }
    return position;
  }

  /** Close the descriptor; only the first call does anything. */
  @Override
  public void close() {
    int fd = number.getAndSet(CLOSED);
    // After an error the descriptor is gone as well (close(2)), and closing again could hit another
    // file: so the
    // result is of no use to anyone.
    if (fd != CLOSED && LibC.close(fd) < 0 && LibC.errno() == Errno.EBADF) {
      throw LibC.failure("close(fd " + fd + ", " + description + ")");
    }
  }

  @Override
  public String toString() {
    return "fd " + number.get() + " (" + description + ")";
  }

  private SystemCallException failure(String call, String arguments) {
    return LibC.failure(call + "(" + this + ", " + arguments + ")");
  }
}
