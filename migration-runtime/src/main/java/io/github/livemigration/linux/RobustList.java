package io.github.livemigration.linux;

/**
 * Where the kernel looks for the robust futexes of a thread.
 *
 * @param head address in the process; 0 for none
 * @param length of the head structure in bytes
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/get_robust_list.2.html">get_robust_list(2)</a>
 */
public record RobustList(long head, long length) {
  /** Ask for a thread's list; needs the right to trace it. */
  public static RobustList of(int tid) {
    NativeBuffer words = Scratch.get();
    if (LibC.call(X8664.GET_ROBUST_LIST, tid, words.address(), words.address() + 8) < 0) {
      throw LibC.failure("get_robust_list(tid " + tid + ")");
    }
    return new RobustList(words.getLong(0), words.getLong(8));
  }
}
