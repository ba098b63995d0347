package io.github.livemigration.linux;

/** A process or thread was asked for that does not exist (any more). */
public final class NoSuchProcessException extends SystemCallException {
  private static final long serialVersionUID = 1L;

  /**
   * Describe a call that found no process.
   *
   * @param call name and arguments
   * @param errno {@link Errno#ESRCH} or {@link Errno#ENOENT}
   */
  public NoSuchProcessException(String call, int errno) {
    super(call, errno);
  }
}
