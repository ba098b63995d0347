package io.github.livemigration.linux;

/**
 * How late the kernel may wake a thread, to join its timer with others.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_timerslack_ns.5.html">
 *     proc_pid_timerslack_ns(5)</a>
 */
public final class TimerSlack {
  private TimerSlack() {}

  /**
   * Set it for a thread of another process. A thread with a real-time policy has none, whatever is
   * set.
   *
   * @param tid in this process's PID namespace
   * @throws SystemCallException EPERM without CAP_SYS_NICE
   */
  public static void set(int tid, long nanos) {
    ProcFs.write(tid, "timerslack_ns", Long.toUnsignedString(nanos));
  }
}
