package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * Finds the pages of zeros in a buffer, many bytes at a time, and gives up on a page at its first
 * other byte.
 */
final class ZeroPages {
  /** So many pages of zeros in a row are better left out than put between others. */
  static final int LONG_RUN = 8;

  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(PageRun.PAGE_BYTES).asReadOnlyBuffer();

  private final ByteBuffer zeros = ZEROS.duplicate();
  private final ByteBuffer[] pages;

  ZeroPages(NativeBuffer buffer, int pageCount) {
    pages = new ByteBuffer[pageCount];
    for (int i = 0; i < pageCount; i++) {
      pages[i] = buffer.bytes().slice(i * PageRun.PAGE_BYTES, PageRun.PAGE_BYTES);
    }
  }

  /** Returns the bits of a mask that stand in a row of at least {@link #LONG_RUN}. */
  static long longRuns(long mask) {
    long starts = mask & mask >>> 1;
    starts &= starts >>> 2;
    starts &= starts >>> 4;
    long bits = starts | starts << 1;
    bits |= bits << 2;
    return bits | bits << 4;
  }

  /** Returns a mask with bit {@code i} set when page {@code i} is all zeros. */
  long mask(int pageCount) {
    long mask = 0;
    for (int i = 0; i < pageCount; i++) {
      if (pages[i].mismatch(zeros) < 0) {
        mask |= 1L << i;
      }
    }
    return mask;
  }
}
