package io.github.livemigration.image;

/**
 * The three timers of {@code setitimer(2)}.
 *
 * @param values {@code struct itimerval} of real, virtual and profiling time, 32 bytes each
 */
public record IntervalTimers(byte[] values) {
  /** Number of timers. */
  public static final int COUNT = 3;

  /** Length of {@code struct itimerval} in bytes. */
  public static final int VALUE_BYTES = 32;

  public IntervalTimers {
    if (values.length != COUNT * VALUE_BYTES) {
      throw new IllegalArgumentException("interval timers of " + values.length + " bytes");
    }
  }
}
