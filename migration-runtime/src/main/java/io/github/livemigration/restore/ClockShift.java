package io.github.livemigration.restore;

/**
 * How far the target's clocks are ahead of the destination's.
 *
 * @param monotonicNanos for CLOCK_MONOTONIC; negative where the destination has been up for longer
 * @param boottimeNanos for CLOCK_BOOTTIME
 */
public record ClockShift(long monotonicNanos, long boottimeNanos) {
  /** The clocks are the same. */
  public static final ClockShift NONE = new ClockShift(0, 0);

  /** Returns whether the clocks are the same. */
  public boolean isNone() {
    return monotonicNanos == 0 && boottimeNanos == 0;
  }
}
