package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A checksum over pages and their addresses that does not depend on the order in which they come.
 *
 * <p>It is the sum, modulo 2<sup>64</sup>, of one well-mixed word a page, made from the page's
 * address and the CRC-32C of its content. It finds pages that are wrong, missing, swapped or
 * counted twice; it is no defence against somebody who means harm. Not thread-safe: each thread has
 * its own, and {@link #merge} adds them up.
 */
public final class PageChecksum {
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;
  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;
  private static final long ZERO_PAGE_CRC = crcOfZeros();

  private final CRC32C crc = new CRC32C();
  private long sum;
  private long pageCount;

  /** Start with no page. */
  public PageChecksum() {}

  private static long crcOfZeros() {
    CRC32C crc = new CRC32C();
    crc.update(new byte[PAGE_BYTES]);
    return crc.getValue();
  }

  /** Compute the checksum of all pages of a map. */
  public static PageChecksum over(PageMap pages, PageSource source) {
    PageChecksum checksum = new PageChecksum();
    NativeBuffer buffer = NativeBuffer.allocate(PageFrames.MAXIMUM_PAGES * PAGE_BYTES);
    int index = 0;
    while (index < pages.pageCount()) {
      int count = Math.min(PageFrames.MAXIMUM_PAGES, pages.contiguousFrom(index));
      long address = pages.addressOf(index);
      source.read(address, count, buffer);
      checksum.addAll(address, buffer, count);
      index += count;
    }
    return checksum;
  }

  /**
   * Add a page.
   *
   * @param pageAddress its address on the source
   * @param page its 4096 bytes, from position to limit; the position moves to the limit
   */
  public void add(long pageAddress, ByteBuffer page) {
    if (page.remaining() != PAGE_BYTES) {
      throw new IllegalArgumentException("page of " + page.remaining() + " bytes");
    }
    crc.reset();
    crc.update(page);
    addCrc(pageAddress, crc.getValue());
  }

  /** Add a page of zeros. */
  public void addZero(long pageAddress) {
    addCrc(pageAddress, ZERO_PAGE_CRC);
  }

  /**
   * Add neighbouring pages that lie in a buffer from its start. Moves the position of {@link
   * NativeBuffer#bytes()}.
   */
  public void addAll(long startAddress, NativeBuffer pages, int count) {
    ByteBuffer bytes = pages.bytes();
    for (int i = 0; i < count; i++) {
      bytes.limit((i + 1) * PAGE_BYTES).position(i * PAGE_BYTES);
      add(startAddress + (long) i * PAGE_BYTES, bytes);
    }
    bytes.clear();
  }

  private void addCrc(long pageAddress, long pageCrc) {
    // The finalizer of SplitMix64: every bit of the input reaches every bit of the output.
    long z = (pageAddress ^ pageCrc << 32 ^ pageCrc) + GOLDEN_RATIO;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    sum += z ^ z >>> 31;
    pageCount++;
  }

  /** Add all pages of another checksum, which stays as it is. */
  public void merge(PageChecksum other) {
    sum += other.sum;
    pageCount += other.pageCount;
  }

  /** The checksum of the pages so far; 0 without any. */
  public long value() {
    return sum;
  }

  /** Number of pages so far. */
  public long pageCount() {
    return pageCount;
  }
}
