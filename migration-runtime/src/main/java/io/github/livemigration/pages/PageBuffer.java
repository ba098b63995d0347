package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory of a thread for the pages of one answer. A thread that waits for work has it already: the
 * kernel would have to find and clear every page of it while a process stands still.
 */
final class PageBuffer {
  private static final Queue<PageBuffer> LEFT = new ConcurrentLinkedQueue<>();
  private static final ThreadLocal<PageBuffer> BUFFER = ThreadLocal.withInitial(PageBuffer::take);

  private final NativeBuffer memory =
      NativeBuffer.allocate(PageFrames.MAXIMUM_PAGES * PageRun.PAGE_BYTES);
  private final ZeroPages zeroPages = new ZeroPages(memory, PageFrames.MAXIMUM_PAGES);
  private final ByteBuffer[] runs = new ByteBuffer[PageFrames.MAXIMUM_PAGES];

  private PageBuffer() {
    for (int i = 0; i < runs.length; i++) {
      runs[i] = memory.bytes().duplicate();
    }
  }

  private static PageBuffer take() {
    PageBuffer left = LEFT.poll();
    return left != null ? left : new PageBuffer();
  }

  /**
   * Leave the calling thread's buffer to others, at the end of its work: the collector, which would
   * free it, comes late.
   */
  static void leave() {
    LEFT.add(ofThisThread());
    BUFFER.remove();
  }

  /** Returns the calling thread's buffer, whose content is whatever was left in it. */
  static PageBuffer ofThisThread() {
    return BUFFER.get();
  }

  /** Returns all of it. */
  NativeBuffer memory() {
    return memory;
  }

  /** Returns a mask with bit {@code i} set when page {@code i} is all zeros. */
  long zeroMask(int pageCount) {
    return zeroPages.mask(pageCount);
  }

  /**
   * Move pages with content, which lie one behind the other at the start, to their own places.
   *
   * @param zeroMask of the pages that have none
   * @param longZeros those of them whose places may keep what is in them; the others get zeros
   */
  void spread(int pageCount, long zeroMask, long longZeros) {
    int from = pageCount - Long.bitCount(zeroMask);
    for (int page = pageCount - 1; page >= from; page--) {
      int place = page * PageRun.PAGE_BYTES;
      if ((zeroMask >>> page & 1) == 0) {
        from--;
        memory.bytes().put(place, memory.bytes(), from * PageRun.PAGE_BYTES, PageRun.PAGE_BYTES);
      } else if ((longZeros >>> page & 1) == 0) {
        memory.clear(place, PageRun.PAGE_BYTES);
      }
    }
  }

  /**
   * Put the pages that have content into buffers, one for neighbours.
   *
   * @param zeroMask of the pages that have none
   * @param into where the buffers go, from index 1 on
   * @return how many buffers
   */
  int gather(int pageCount, long zeroMask, ByteBuffer[] into) {
    int runCount = 0;
    int page = 0;
    while (page < pageCount) {
      if ((zeroMask >>> page & 1) != 0) {
        page++;
        continue;
      }
      int start = page;
      while (page < pageCount && (zeroMask >>> page & 1) == 0) {
        page++;
      }
      ByteBuffer run = runs[runCount];
      run.limit(page * PageRun.PAGE_BYTES).position(start * PageRun.PAGE_BYTES);
      runCount++;
      into[runCount] = run;
    }
    return runCount;
  }
}
