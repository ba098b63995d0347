package io.github.livemigration.linux;

/**
 * Which tasks may run on one processor core at the same time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/PR_SCHED_CORE.2const.html">
 *     PR_SCHED_CORE(2const)</a>
 */
public final class CoreScheduling {
  private static final int PR_SCHED_CORE = 62;
  private static final int GET = 0;
  private static final int SCOPE_THREAD = 0;

  private CoreScheduling() {}

  /**
   * The cookie of a thread; 0 for none, also where the kernel knows none (EINVAL), the processor
   * has no cores with several threads (ENODEV), or the thread has ended.
   */
  public static long cookie(int tid) {
    NativeBuffer cookie = Scratch.get();
    cookie.putLong(0, 0);
    long result =
        LibC.syscall(X8664.PRCTL, PR_SCHED_CORE, GET, tid, SCOPE_THREAD, cookie.address(), 0);
    return result < 0 ? 0 : cookie.getLong(0);
  }
}
