package io.github.livemigration.image;

/**
 * A range of user addresses in the target, page-aligned on both ends.
 *
 * @param startAddress first byte of the range
 * @param lengthBytes length in bytes, at least one page
 */
public record AddressRange(long startAddress, long lengthBytes) {
  /** Size of a page in bytes on x86-64. */
  public static final int PAGE_BYTES = 4096;

  /** First address that user space cannot use with four-level page tables. */
  public static final long USER_SPACE_END = 0x7fff_ffff_f000L;

  /** All that user space can use. */
  public static final AddressRange USER_SPACE = new AddressRange(0, USER_SPACE_END);

  public AddressRange {
    if (((startAddress | lengthBytes) & (PAGE_BYTES - 1)) != 0) {
      throw new IllegalArgumentException(
          "range %#x+%#x is not page-aligned".formatted(startAddress, lengthBytes));
    }
    if (startAddress < 0
        || lengthBytes <= 0
        || startAddress > USER_SPACE_END
        || lengthBytes > USER_SPACE_END - startAddress) {
      throw new IllegalArgumentException(
          "range %#x+%#x is outside user space".formatted(startAddress, lengthBytes));
    }
  }

  /** Returns the first address after the range. */
  public long endAddress() {
    return startAddress + lengthBytes;
  }

  /** Returns the number of pages in the range. */
  public long pageCount() {
    return lengthBytes / PAGE_BYTES;
  }

  /** Returns whether the two ranges share a byte. */
  public boolean overlaps(AddressRange other) {
    return startAddress < other.endAddress() && other.startAddress < endAddress();
  }
}
