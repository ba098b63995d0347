package io.github.livemigration.linux;

/**
 * Clocks of the kernel.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/clock_gettime.2.html">clock_gettime(2)</a>
 */
public final class Clocks {
  public static final int REALTIME = 0;
  public static final int MONOTONIC = 1;
  public static final int BOOTTIME = 7;

  private Clocks() {}

  /** Time of a clock in nanoseconds. */
  public static long gettime(int clockId) {
    NativeBuffer time = Scratch.get();
    if (LibC.clock_gettime(clockId, time.address()) < 0) {
      throw LibC.failure("clock_gettime(" + clockId + ")");
    }
    return time.getLong(0) * 1_000_000_000L + time.getLong(8);
  }
}
