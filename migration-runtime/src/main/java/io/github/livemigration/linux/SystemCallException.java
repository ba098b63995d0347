package io.github.livemigration.linux;

/**
 * A system call failed for a reason that the caller did not name as an outcome.
 *
 * <p>The message gives call, arguments, thread and error, as in {@code ptrace(GETREGSET, tid 4711):
 * ESRCH (No such process)}.
 */
public class SystemCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * Describe a failed call.
   *
   * @param call name and arguments, such as {@code kill(4711, SIGSTOP)}
   * @param errno error number, positive, see {@link Errno}
   */
  public SystemCallException(String call, int errno) {
    super(call + ": " + Errno.describe(errno));
    this.call = call;
    this.errno = errno;
  }

  /** The call with its arguments, without the error. */
  public final String call() {
    return call;
  }

  /** The error number, one of the constants of {@link Errno}. */
  public final int errno() {
    return errno;
  }
}
