package io.github.livemigration.linux;

/**
 * What must not be done any more to a memory file.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/F_GET_SEALS.2const.html">F_GET_SEALS(2const)</a>
 */
public final class FileSeals {
  private static final int F_ADD_SEALS = 1033;
  private static final int F_GET_SEALS = 1034;

  private FileSeals() {}

  /**
   * Returns the {@code F_SEAL_} bits of a file.
   *
   * @throws SystemCallException with EINVAL for a file that cannot have seals
   */
  public static int get(OwnedFd file) {
    long seals = LibC.call(X8664.FCNTL, file.number(), F_GET_SEALS, 0);
    if (seals < 0) {
      throw LibC.failure("fcntl(" + file + ", F_GET_SEALS)");
    }
    return (int) seals;
  }

  /** Add seals to a file that is open for writing. */
  public static void add(OwnedFd file, int seals) {
    if (LibC.call(X8664.FCNTL, file.number(), F_ADD_SEALS, seals) < 0) {
      throw LibC.failure("fcntl(" + file + ", F_ADD_SEALS, 0x" + Integer.toHexString(seals) + ")");
    }
  }
}
