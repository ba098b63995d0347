package io.github.livemigration.linux;

/**
 * Who gets the signals of an open file, and which.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
 */
public final class SignalOwner {
  private static final int F_GETSIG = 11;
  private static final int F_GETOWN_EX = 16;

  private SignalOwner() {}

  /** Whether somebody was named ({@code F_SETOWN}, {@code F_NOTIFY}), or a signal was chosen. */
  public static boolean isSet(OwnedFd file) {
    NativeBuffer owner = Scratch.get();
    if (LibC.call(X8664.FCNTL, file.number(), F_GETOWN_EX, owner.address()) < 0) {
      throw LibC.failure("fcntl(" + file + ", F_GETOWN_EX)");
    }
    int process = owner.getInt(Integer.BYTES);
    return process != 0 || LibC.call(X8664.FCNTL, file.number(), F_GETSIG, 0) > 0;
  }
}
