package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads the pages that the process is going to touch first: those that are known, such as stacks,
 * and by guess those that they point to.
 *
 * <p>A word that looks like the address of a page counts as a pointer. A wrong guess costs a few
 * microseconds; a right one saves a fault over the network, of a hundred.
 */
final class WorkingSet {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  /** Most pages that are guessed: 768 KiB. */
  static final int MAXIMUM_GUESSES = 192;

  private static final int BATCH_PAGES = 16;

  private final ProcessMemory memory;
  private final PageMap pages;
  private final long lowest;
  private final long highest;
  private final BitSet chosen = new BitSet();
  private final List<PageContents> contents = new ArrayList<>();
  private final NativeBuffer batch = NativeBuffer.allocate(BATCH_PAGES * PAGE_BYTES);
  private int guesses;

  WorkingSet(ProcessMemory memory, PageMap pages) {
    this.memory = memory;
    this.pages = pages;
    lowest = pages.pageCount() == 0 ? Long.MAX_VALUE : pages.addressOf(0);
    highest = pages.pageCount() == 0 ? 0 : pages.addressOf(pages.pageCount() - 1) + PAGE_BYTES;
  }

  /**
   * Read them.
   *
   * @param known addresses of pages, those that are not in the map do not count
   */
  List<PageContents> read(Iterable<Long> known) {
    BitSet level = new BitSet();
    for (long page : known) {
      int index = pages.indexOf(page);
      if (index >= 0) {
        level.set(index);
      }
    }
    while (!level.isEmpty()) {
      chosen.or(level);
      level = readLevel(level);
    }
    return contents;
  }

  /** Returns which pages the pages of a level point to. */
  private BitSet readLevel(BitSet level) {
    BitSet next = new BitSet();
    int[] indexes = level.stream().toArray();
    for (int first = 0; first < indexes.length; first += BATCH_PAGES) {
      int count = Math.min(BATCH_PAGES, indexes.length - first);
      long[] addresses = new long[count];
      for (int i = 0; i < count; i++) {
        addresses[i] = pages.addressOf(indexes[first + i]);
      }
      memory.readPages(addresses, batch);
      followPointers(count, next);
      addContents(addresses);
    }
    return next;
  }

  private void followPointers(int count, BitSet next) {
    int length = count * PAGE_BYTES;
    for (int offset = 0; offset < length && guesses < MAXIMUM_GUESSES; offset += Long.BYTES) {
      long word = batch.getLong(offset);
      if (word >= lowest && word < highest) {
        int index = pages.indexOf(word);
        if (index >= 0 && !chosen.get(index) && !next.get(index)) {
          next.set(index);
          guesses++;
        }
      }
    }
  }

  /** Neighbouring pages travel as one. */
  private void addContents(long[] addresses) {
    int first = 0;
    for (int i = 1; i <= addresses.length; i++) {
      if (i == addresses.length || addresses[i] != addresses[i - 1] + PAGE_BYTES) {
        byte[] bytes = batch.copy(first * PAGE_BYTES, (i - first) * PAGE_BYTES);
        contents.add(new PageContents(addresses[first], bytes, true));
        first = i;
      }
    }
  }
}
