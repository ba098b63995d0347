package io.github.livemigration.pages;

import io.github.livemigration.image.AddressRange;

/**
 * Neighbouring pages.
 *
 * @param startAddress address of the first page, page-aligned, in user space
 * @param pageCount number of pages, at least 1
 */
public record PageRun(long startAddress, long pageCount) {
  /** Size of a page in bytes. */
  public static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  public PageRun {
    if (pageCount <= 0 || pageCount > AddressRange.USER_SPACE_END / PAGE_BYTES) {
      throw new IllegalArgumentException(
          "run of %d pages at %#x".formatted(pageCount, startAddress));
    }
    // Checks alignment, overflow and the end of user space.
    new AddressRange(startAddress, pageCount * PAGE_BYTES);
  }

  /** Take the pages of a range. */
  public static PageRun of(AddressRange range) {
    return new PageRun(range.startAddress(), range.pageCount());
  }

  /** Returns the range that the pages cover. */
  public AddressRange range() {
    return new AddressRange(startAddress, lengthBytes());
  }

  /** Returns the length in bytes. */
  public long lengthBytes() {
    return pageCount * PAGE_BYTES;
  }

  /** Returns the first address after the run. */
  public long endAddress() {
    return startAddress + lengthBytes();
  }
}
