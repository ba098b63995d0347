package io.github.livemigration.pages;

/**
 * Chooses how many pages are asked for at once when a thread waits for the first of them: twice as
 * many where a thread goes on from where the last answer ended, as the kernel does for files; a few
 * while faults come near one another; and one page while they do not, as each more keeps the thread
 * waiting.
 *
 * <p>Not thread-safe.
 */
final class Readahead {
  private static final int STREAMS = 32;

  /** One fault in so many near another one is enough to go on asking for a few pages. */
  private static final int FAR_FOR_EACH_NEAR = 4;

  /** So many faults far from one another, in a row, show that neighbours are not wanted. */
  private static final int MOST_CREDIT = 4 * FAR_FOR_EACH_NEAR;

  private final int few;
  private final int[] ends = new int[STREAMS];
  private final int[] counts = new int[STREAMS];
  private int oldest;
  private int credit = MOST_CREDIT;

  /**
   * Prepare.
   *
   * @param few pages for a fault that follows no other, and how near is near
   */
  Readahead(int few) {
    this.few = few;
  }

  /** Returns how many pages from a fault on should be asked for, at most as fit into a frame. */
  int pagesFrom(int index) {
    boolean near = false;
    for (int i = 0; i < STREAMS; i++) {
      int beyond = index - ends[i];
      if (counts[i] > 0 && beyond >= 0 && beyond < counts[i]) {
        int count = Math.min(Math.max(2 * counts[i], few), PageFrames.MAXIMUM_PAGES);
        counts[i] = 0;
        credit(true);
        return count;
      }
      near |= ends[i] > 0 && beyond < few && beyond >= -counts[i] - few;
    }
    credit(near);
    return credit > 0 ? few : 1;
  }

  private void credit(boolean near) {
    credit = near ? Math.min(credit + FAR_FOR_EACH_NEAR, MOST_CREDIT) : Math.max(credit - 1, 0);
  }

  /** Note what was asked for. */
  void asked(int index, int count) {
    ends[oldest] = index + count;
    counts[oldest] = count;
    oldest = (oldest + 1) % STREAMS;
  }
}
