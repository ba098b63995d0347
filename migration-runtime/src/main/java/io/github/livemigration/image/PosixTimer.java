package io.github.livemigration.image;

/**
 * A timer of {@code timer_create(2)}.
 *
 * @param id by which the process knows it
 * @param clock that it follows, by number; negative for one of processor time
 * @param notification 0 for a signal to the process, 1 for none, 4 for a signal to a thread
 * @param signal that it sends
 * @param value of {@code sigev_value}, which comes with the signal
 * @param tid of the thread that gets the signal; 0 where it is the process
 * @param deadlineNanos when it expires next, as its clock shows it, or after how much processor
 *     time; 0 for a disarmed timer
 * @param intervalNanos after which it expires again; 0 for once
 * @see <a href="https://man7.org/linux/man-pages/man2/timer_create.2.html">timer_create(2)</a>
 */
public record PosixTimer(
    int id,
    int clock,
    int notification,
    int signal,
    long value,
    int tid,
    long deadlineNanos,
    long intervalNanos) {
  /** A signal to the process. */
  public static final int SIGEV_SIGNAL = 0;

  /** No notification. */
  public static final int SIGEV_NONE = 1;

  /** A signal to one thread. */
  public static final int SIGEV_THREAD_ID = 4;

  /** Returns whether its clock starts anew when the process moves. */
  public boolean countsProcessorTime() {
    return clock < 0;
  }

  public PosixTimer {
    if (id < 0 || deadlineNanos < 0 || intervalNanos < 0) {
      throw new IllegalArgumentException(
          "timer %d with deadline %d and interval %d".formatted(id, deadlineNanos, intervalNanos));
    }
    if (notification != SIGEV_SIGNAL
        && notification != SIGEV_NONE
        && notification != SIGEV_THREAD_ID) {
      throw new IllegalArgumentException("notification " + notification + " of timer " + id);
    }
    if (notification != SIGEV_NONE && (signal < 1 || signal > SignalState.SIGNALS)) {
      throw new IllegalArgumentException("signal " + signal + " of timer " + id);
    }
  }
}
