package io.github.livemigration.linux;

/** Stack of the calling thread. */
public final class ThreadStack {
  /**
   * Frames of some 50 bytes at least; each makes the JVM touch a page that lies 80 KiB deeper, too.
   */
  private static final int DEPTH = 800;

  private ThreadStack() {}

  /**
   * Use the stack once as deep as work will: at the first use of each of its pages the kernel has
   * to find and clear one, which a process that stands still would have to wait for.
   */
  public static void warm() {
    descend(DEPTH);
  }

  private static int descend(int depth) {
    return depth == 0 ? 0 : 1 + descend(depth - 1);
  }
}
