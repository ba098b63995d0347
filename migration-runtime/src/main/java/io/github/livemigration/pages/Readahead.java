package io.github.livemigration.pages;

/**
 * Chooses how many pages are asked for at once when a thread waits for the first of them: twice as
 * many where a thread goes on from where the last answer ended, as the kernel does for files.
 *
 * <p>Not thread-safe.
 */
final class Readahead {
  private static final int STREAMS = 32;

  private final int fewest;
  private final int[] ends = new int[STREAMS];
  private final int[] counts = new int[STREAMS];
  private int oldest;

  /**
   * Prepare.
   *
   * @param fewest pages for a fault that follows no other
   */
  Readahead(int fewest) {
    this.fewest = fewest;
  }

  /** Returns how many pages from a fault on should be asked for, at most as fit into a frame. */
  int pagesFrom(int index) {
    for (int i = 0; i < STREAMS; i++) {
      int beyond = index - ends[i];
      if (counts[i] > 0 && beyond >= 0 && beyond < counts[i]) {
        int count = Math.min(2 * counts[i], PageFrames.MAXIMUM_PAGES);
        counts[i] = 0;
        return count;
      }
    }
    return fewest;
  }

  /** Note what was asked for. */
  void asked(int index, int count) {
    ends[oldest] = index + count;
    counts[oldest] = count;
    oldest = (oldest + 1) % STREAMS;
  }
}
