package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Most words that are looked up: they cost more than the pages where most lead nowhere. */
  private static final int MAXIMUM_LOOKUPS = 8192;

  private static final int BATCH_PAGES = 16;

  private final ProcessMemory memory;
  private final PageMap pages;
  private final PageMap there;
  private final long lowest;
  private final long highest;
  private final BitSet chosen = new BitSet();
  private final List<PageContents> contents = new ArrayList<>();
  private final NativeBuffer batch = NativeBuffer.allocate(BATCH_PAGES * PAGE_BYTES);
  private int guesses;
  private int lookups;

  /**
   * Prepare to read.
   *
   * @param pages to choose from
   * @param there pages besides these that come in another way, and are looked at all the same
   */
  WorkingSet(ProcessMemory memory, PageMap pages, PageMap there) {
    this.memory = memory;
    this.pages = pages;
    this.there = there;
    lowest = pages.pageCount() == 0 ? Long.MAX_VALUE : pages.addressOf(0);
    highest = pages.pageCount() == 0 ? 0 : pages.addressOf(pages.pageCount() - 1) + PAGE_BYTES;
  }

  /**
   * Read them.
   *
   * @param known addresses of pages in order; those that are neither to choose nor there do not
   *     count
   */
  List<PageContents> read(Iterable<Long> known) {
    List<Long> first = new ArrayList<>();
    for (long address : known) {
      int index = pages.indexOf(address);
      if (index >= 0) {
        chosen.set(index);
      }
      if (index >= 0 || there.indexOf(address) >= 0) {
        first.add(address);
      }
    }
    BitSet level = readLevel(first.stream().mapToLong(Long::longValue).toArray());
    while (!level.isEmpty()) {
      chosen.or(level);
      level = readLevel(level.stream().mapToLong(pages::addressOf).toArray());
    }
    return contents;
  }

  /** Returns which pages the pages of a level point to. */
  private BitSet readLevel(long[] addresses) {
    BitSet next = new BitSet();
    for (int first = 0; first < addresses.length; first += BATCH_PAGES) {
      int count = Math.min(BATCH_PAGES, addresses.length - first);
      long[] some = Arrays.copyOfRange(addresses, first, first + count);
      memory.readPages(some, batch);
      followPointers(count, next);
      addContents(some);
    }
    return next;
  }

  private void followPointers(int count, BitSet next) {
    int length = count * PAGE_BYTES;
    for (int offset = 0;
        offset < length && guesses < MAXIMUM_GUESSES && lookups < MAXIMUM_LOOKUPS;
        offset += Long.BYTES) {
      long word = batch.getLong(offset);
      if (word >= lowest && word < highest) {
        lookups++;
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
    for (int i = 0; i < addresses.length; i++) {
      if (there.indexOf(addresses[i]) >= 0) {
        addRun(addresses, first, i);
        first = i + 1;
      } else if (i > first && addresses[i] != addresses[i - 1] + PAGE_BYTES) {
        addRun(addresses, first, i);
        first = i;
      }
    }
    addRun(addresses, first, addresses.length);
  }

  private void addRun(long[] addresses, int first, int end) {
    if (end > first) {
      byte[] bytes = batch.copy(first * PAGE_BYTES, (end - first) * PAGE_BYTES);
      contents.add(new PageContents(addresses[first], bytes, true));
    }
  }
}
