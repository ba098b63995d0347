package io.github.livemigration.linux;

import java.util.concurrent.TimeUnit;

/**
 * How long a thread of usual policy may run before the scheduler looks at others.
 *
 * <p>Also what it loses by {@code sched_yield}, so that others catch up: with the kernel's own
 * slice of some milliseconds, one that yields every 0.2 ms is left with a fraction of its share.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/sched_setattr.2.html">sched_setattr(2)</a>
 * @see <a href="https://www.kernel.org/doc/html/latest/scheduler/sched-eevdf.html">EEVDF: tasks can
 *     request specific time slices</a>
 */
final class TimeSlice {
  /** The least that the kernel takes. */
  static final long SHORTEST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final int ATTRIBUTES_BYTES = 56;

  /** Of {@code sched_runtime} in {@code struct sched_attr}. */
  private static final int RUNTIME_OFFSET = 24;

  private TimeSlice() {}

  /**
   * Give the calling thread the shortest one there is, for good.
   *
   * @return whether it has it; Linux has this since 6.12
   */
  static boolean shorten() {
    NativeBuffer attributes = NativeBuffer.allocate(ATTRIBUTES_BYTES);
    if (!read(attributes)) {
      return false;
    }
    attributes.putLong(RUNTIME_OFFSET, SHORTEST_NANOS);
    return LibC.call(X8664.SCHED_SETATTR, 0, attributes.address(), 0) == 0
        && currentNanos() == SHORTEST_NANOS;
  }

  /** Returns the calling thread's; 0 where the kernel does not tell it. */
  static long currentNanos() {
    NativeBuffer attributes = NativeBuffer.allocate(ATTRIBUTES_BYTES);
    return read(attributes) ? attributes.getLong(RUNTIME_OFFSET) : 0;
  }

  private static boolean read(NativeBuffer into) {
    return LibC.call(X8664.SCHED_GETATTR, 0, into.address(), ATTRIBUTES_BYTES) == 0;
  }
}
