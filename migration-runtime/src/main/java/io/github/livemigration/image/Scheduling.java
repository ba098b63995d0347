package io.github.livemigration.image;

/**
 * How a thread is scheduled.
 *
 * @param attributes {@code struct sched_attr}: policy, priority, nice value, deadlines
 * @param nice value, -20 to 19, which the attributes show for some policies only
 * @param affinity processors that the thread may run on, one bit each
 * @param timerSlackNanos as {@code PR_GET_TIMERSLACK} gives it
 */
public record Scheduling(byte[] attributes, int nice, byte[] affinity, long timerSlackNanos) {
  /** Length of {@code struct sched_attr} in bytes, with the clamps of Linux 5.3. */
  public static final int ATTRIBUTES_BYTES = 56;

  /** Length of the processor mask that is asked for in bytes: 1,024 processors. */
  public static final int AFFINITY_BYTES = 128;

  public Scheduling {
    if (nice < -20 || nice > 19) {
      throw new IllegalArgumentException("nice value " + nice);
    }
    if (attributes.length != ATTRIBUTES_BYTES || affinity.length > AFFINITY_BYTES) {
      throw new IllegalArgumentException(
          "scheduling of %d and %d bytes".formatted(attributes.length, affinity.length));
    }
  }
}
