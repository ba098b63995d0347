package io.github.livemigration.pages;

import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.WireException;
import java.nio.ByteBuffer;

/**
 * Layout of the two frames of a page connection, big-endian.
 *
 * <pre>
 *  GET_PAGES                                PAGES
 *  +-------------------------------+        +-------------------------------+
 *  |     address (8 bytes)         |        |     address (8 bytes)         |
 *  +---------------+---------------+        +---------------+---------------+
 *  |  page count   |       0       |        |  page count   |       0       |
 *  +---------------+---------------+        +---------------+---------------+
 *                                           |     zero mask (8 bytes)       |
 *                                           +-------------------------------+
 *                                           |  pages that are not all zero,
 *                                           |  4096 bytes each, in order   ...
 * </pre>
 *
 * <p>Bit {@code i} of the zero mask, counted from the least significant one, says that page {@code
 * i} is all zeros and that its bytes are left out.
 */
final class PageFrames {
  /** Most pages in one frame: as many as the zero mask has bits. */
  static final int MAXIMUM_PAGES = Long.SIZE;

  static final int ADDRESS_OFFSET = 0;
  static final int COUNT_OFFSET = 8;
  static final int RESERVED_OFFSET = 12;
  static final int ZERO_MASK_OFFSET = 16;

  static final int REQUEST_BYTES = 16;
  static final int REPLY_HEADER_BYTES = 24;

  private PageFrames() {}

  /** Fill a buffer with a request, ready to be sent. */
  static void putRequest(ByteBuffer into, long address, int pageCount) {
    into.clear();
    into.putLong(ADDRESS_OFFSET, address);
    into.putInt(COUNT_OFFSET, pageCount);
    into.putInt(RESERVED_OFFSET, 0);
    into.limit(REQUEST_BYTES);
  }

  /** Fill a buffer with the fixed part of a reply, ready to be sent. */
  static void putReply(ByteBuffer into, long address, int pageCount, long zeroMask) {
    into.clear();
    into.putLong(ADDRESS_OFFSET, address);
    into.putInt(COUNT_OFFSET, pageCount);
    into.putInt(RESERVED_OFFSET, 0);
    into.putLong(ZERO_MASK_OFFSET, zeroMask);
    into.limit(REPLY_HEADER_BYTES);
  }

  /**
   * Returns the page count of a request, checked.
   *
   * @param pages that may be asked for
   */
  static int checkRequest(ByteBuffer request, PageMap pages) throws WireException {
    long address = request.getLong(ADDRESS_OFFSET);
    int count = request.getInt(COUNT_OFFSET);
    checkReserved(FrameType.GET_PAGES, request);
    if (count < 1 || count > MAXIMUM_PAGES) {
      throw new WireException(
          "GET_PAGES: pageCount "
              + Integer.toUnsignedString(count)
              + " is not between 1 and "
              + MAXIMUM_PAGES);
    }
    if (address % PageRun.PAGE_BYTES != 0) {
      throw new WireException("GET_PAGES: address %#x is not page-aligned".formatted(address));
    }
    if (!pages.contains(address, count)) {
      throw new WireException(
          "GET_PAGES: %d pages at address %#x are not in the page map".formatted(count, address));
    }
    return count;
  }

  /**
   * Returns the zero mask of a reply, checked against what was asked for.
   *
   * @param bodyBytes bytes that follow the fixed part
   */
  static long checkReply(ByteBuffer reply, int bodyBytes, long address, int count)
      throws WireException {
    checkReserved(FrameType.PAGES, reply);
    long answered = reply.getLong(ADDRESS_OFFSET);
    int answeredCount = reply.getInt(COUNT_OFFSET);
    if (answered != address || answeredCount != count) {
      throw new WireException(
          "PAGES: %s pages at address %#x where %d at %#x were due"
              .formatted(Integer.toUnsignedString(answeredCount), answered, count, address));
    }
    long zeroMask = reply.getLong(ZERO_MASK_OFFSET);
    if (count < MAXIMUM_PAGES && zeroMask >>> count != 0) {
      throw new WireException(
          "PAGES: zeroMask %#x has more bits than the %d pages".formatted(zeroMask, count));
    }
    int expected = (count - Long.bitCount(zeroMask)) * PageRun.PAGE_BYTES;
    if (bodyBytes != expected) {
      throw new WireException(
          "PAGES: %d bytes of pages where zeroMask %#x of %d pages makes them %d"
              .formatted(bodyBytes, zeroMask, count, expected));
    }
    return zeroMask;
  }

  private static void checkReserved(FrameType type, ByteBuffer payload) throws WireException {
    int reserved = payload.getInt(RESERVED_OFFSET);
    if (reserved != 0) {
      throw new WireException(
          type + ": reserved field " + Integer.toUnsignedString(reserved) + " is not 0");
    }
  }
}
