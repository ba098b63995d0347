package io.github.livemigration.pages;

/**
 * Decides which pages are asked for in the background: those near recent faults first, the newest
 * fault first, then the rest in address order.
 *
 * <p>Thread-safe. The only state is a short list of faults and two positions; which pages are still
 * wanted is asked of the caller.
 */
final class PushOrder {
  /** There is nothing left to ask for. */
  static final long NOTHING = -1;

  /** Pages after a fault that jump the queue: 2 MiB. */
  static final int PAGES_AHEAD = 512;

  /** Pages before a fault that jump the queue, after those ahead. */
  static final int PAGES_BEHIND = 16;

  private static final int MAXIMUM_HINTS = 32;

  private final PageMap pages;
  private final int[] hints = new int[MAXIMUM_HINTS];
  private int hintCount;
  private int cursor;

  PushOrder(PageMap pages) {
    this.pages = pages;
  }

  /** Tells which pages should still be asked for; a page that should not be stays so. */
  interface Wanted {
    /** Returns the first wanted page of a range, or the end of the range. */
    int first(int from, int end);

    /** Returns the end of the wanted pages from one of them on, at most the end of the range. */
    int endFrom(int from, int end);
  }

  /** First page of a result of {@link #next}. */
  static int indexOf(long result) {
    return (int) (result >>> Integer.SIZE);
  }

  /** Number of pages of a result of {@link #next}. */
  static int countOf(long result) {
    return (int) result;
  }

  /** Note a fault; the oldest of too many is forgotten. */
  synchronized void hint(int index) {
    // A thread that walks on through memory moves its hint and does not fill the list.
    for (int i = hintCount - 1; i >= 0; i--) {
      if (index >= hints[i] && index - hints[i] < PAGES_AHEAD) {
        removeHint(i);
      }
    }
    if (hintCount == MAXIMUM_HINTS) {
      removeHint(0);
    }
    hints[hintCount] = index;
    hintCount++;
  }

  private void removeHint(int at) {
    System.arraycopy(hints, at + 1, hints, at, hintCount - at - 1);
    hintCount--;
  }

  /**
   * Choose neighbouring pages.
   *
   * @param maximumPages most pages wanted at once
   * @return for {@link #indexOf} and {@link #countOf}; or {@link #NOTHING}
   */
  synchronized long next(int maximumPages, Wanted wanted) {
    while (hintCount > 0) {
      int hint = hints[hintCount - 1];
      int end = hint + Math.min(PAGES_AHEAD, pages.contiguousFrom(hint));
      int first = wanted.first(hint, end);
      if (first == end) {
        end = hint;
        first = wanted.first(hint - Math.min(PAGES_BEHIND, pages.contiguousBefore(hint)), end);
      }
      if (first < end) {
        return run(first, Math.min(end, first + maximumPages), wanted);
      }
      hintCount--;
    }
    cursor = wanted.first(cursor, pages.pageCount());
    if (cursor == pages.pageCount()) {
      return NOTHING;
    }
    int end = cursor + Math.min(maximumPages, pages.contiguousFrom(cursor));
    return run(cursor, end, wanted);
  }

  private static long run(int first, int end, Wanted wanted) {
    // A page may have come on demand in this moment; it was wanted when it was chosen.
    int count = Math.max(1, wanted.endFrom(first, end) - first);
    return (long) first << Integer.SIZE | count;
  }
}
