package io.github.livemigration.linux;

import java.util.Optional;

/**
 * A handle to a process that cannot be confused with a later process of the same number.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>
 */
public final class Pidfd implements AutoCloseable {
  /** PIDFD_THREAD, the same bit as O_EXCL. */
  private static final int PIDFD_THREAD = 0x80;

  // struct pidfd_info: 0 u64 mask; 8 u64 cgroup; 16 eleven ids of 32 bits; 60 s32 exit_code
  private static final int EXIT_CODE = 60;
  private static final int INFO_BYTES = 64;
  private static final int INFO_EXIT = 1 << 3;
  static final long PIDFD_GET_INFO = Ioctl.readWrite(0xFF, 11, INFO_BYTES);

  private final OwnedFd fd;
  private final int pid;

  private Pidfd(OwnedFd fd, int pid) {
    this.fd = fd;
    this.pid = pid;
  }

  /** Open a handle to a process by the pid of its thread group leader. Linux 5.3. */
  public static Pidfd open(int pid) {
    return open(pid, 0);
  }

  /** Open a handle to a thread, which shares the descriptors of its process. Linux 6.9. */
  public static Pidfd ofThread(int tid) {
    return open(tid, PIDFD_THREAD);
  }

  private static Pidfd open(int pid, int flags) {
    FaultPoints.reach("pidfd_open");
    long fd = LibC.call(X8664.PIDFD_OPEN, pid, flags, 0);
    if (fd < 0) {
      throw LibC.failure("pidfd_open(" + pid + ")");
    }
    return new Pidfd(OwnedFd.adopt((int) fd, "pidfd of " + pid), pid);
  }

  /**
   * Duplicate a descriptor of the process into this one: both share the open file, its offset and
   * status flags.
   *
   * <p>Needs the right to trace the process. Linux 5.6.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html">pidfd_getfd(2)</a>
   */
  public OwnedFd takeFd(int targetFd) {
    FaultPoints.reach("pidfd_getfd");
    long copy = LibC.call(X8664.PIDFD_GETFD, fd.number(), targetFd, 0);
    if (copy < 0) {
      throw LibC.failure("pidfd_getfd(pid " + pid + ", fd " + targetFd + ")");
    }
    return OwnedFd.adopt((int) copy, "fd " + targetFd + " of " + pid);
  }

  /** Send a signal to the process. */
  public void sendSignal(int signal) {
    if (LibC.syscall(X8664.PIDFD_SEND_SIGNAL, fd.number(), signal, 0, 0, 0, 0) < 0) {
      throw LibC.failure("pidfd_send_signal(pid " + pid + ", " + Signals.name(signal) + ")");
    }
  }

  /** Whether the process has ended, reaped or not. */
  public boolean hasExited() {
    return new Poll(fd.number()).await(0);
  }

  /**
   * Returns how the process has ended, for anybody who has this handle; empty until its parent has
   * collected it, and on kernels before Linux 6.15.
   */
  public Optional<WaitStatus> exitStatus() {
    NativeBuffer struct = Scratch.get();
    struct.clear(0, INFO_BYTES);
    struct.putLong(0, INFO_EXIT);
    boolean known =
        Ioctl.call(fd.number(), PIDFD_GET_INFO, struct.address()) >= 0
            && (struct.getLong(0) & INFO_EXIT) != 0;
    return known ? Optional.of(new WaitStatus(struct.getInt(EXIT_CODE))) : Optional.empty();
  }

  /** The pid at the time of opening. */
  public int pid() {
    return pid;
  }

  /** The descriptor's number, which becomes readable when the process ends. */
  public int number() {
    return fd.number();
  }

  @Override
  public void close() {
    fd.close();
  }
}
