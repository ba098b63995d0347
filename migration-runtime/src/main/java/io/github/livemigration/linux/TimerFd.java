package io.github.livemigration.linux;

/**
 * What a timer descriptor is set to.
 *
 * @param leftNanos until it expires next; 0 for one that is not armed
 * @param intervalNanos after which it expires again; 0 for once
 * @see <a href="https://man7.org/linux/man-pages/man2/timerfd_create.2.html">timerfd_create(2)</a>
 */
public record TimerFd(long leftNanos, long intervalNanos) {
  private static final long NANOS = 1_000_000_000L;

  /** Read the setting; a periodic timer that has expired moves on to its next expiration. */
  public static TimerFd read(OwnedFd timer) {
    NativeBuffer setting = Scratch.get();
    if (LibC.call(X8664.TIMERFD_GETTIME, timer.number(), setting.address(), 0) < 0) {
      throw LibC.failure("timerfd_gettime(" + timer + ")");
    }
    long interval = setting.getLong(0) * NANOS + setting.getLong(8);
    return new TimerFd(setting.getLong(16) * NANOS + setting.getLong(24), interval);
  }
}
