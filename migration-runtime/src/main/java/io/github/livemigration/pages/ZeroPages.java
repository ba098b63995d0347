package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * Finds the pages of zeros in a buffer, many bytes at a time, and gives up on a page at its first
 * other byte.
 */
final class ZeroPages {
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
