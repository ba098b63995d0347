package io.github.livemigration.linux;

import java.util.Optional;

/**
 * Waiting for children and tracees of the calling OS thread.
 *
 * <p>An interrupted wait is repeated. Having nothing to wait for is a {@link SystemCallException}
 * with ECHILD.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/wait.2.html">wait(2)</a>
 */
public final class Wait {
  private static final int WNOHANG = 1;
  private static final int WNOTHREAD = 0x20000000;
  private static final int WALL = 0x40000000;

  private Wait() {}

  /** A report about one thread. */
  public record Waited(int tid, WaitStatus status) {}

  /** Wait until a thread has something to report. */
  public static Waited waitFor(int tid) {
    return wait4(tid, WALL).orElseThrow();
  }

  /** Take a report about a thread, if there is one now. */
  public static Optional<Waited> poll(int tid) {
    return wait4(tid, WALL | WNOHANG);
  }

  /**
   * Wait until any child or tracee of this OS thread (not of its process) has something to report.
   */
  public static Waited waitAnyOfThisThread() {
    return wait4(-1, WALL | WNOTHREAD).orElseThrow();
  }

  /** Take a report about any child or tracee of this OS thread, if there is one now. */
  public static Optional<Waited> pollAnyOfThisThread() {
    return wait4(-1, WALL | WNOTHREAD | WNOHANG);
  }

  private static Optional<Waited> wait4(int tid, int options) {
    NativeBuffer status = Scratch.get();
    while (true) {
      int result = LibC.wait4(tid, status.address(), options, 0);
      if (result > 0) {
        return Optional.of(new Waited(result, new WaitStatus(status.getInt(0))));
      }
      if (result == 0) {
        return Optional.empty();
      }
      if (LibC.errno() != Errno.EINTR) {
        throw LibC.failure(
            "wait4(tid " + tid + ", options 0x" + Integer.toHexString(options) + ")");
      }
    }
  }
}
