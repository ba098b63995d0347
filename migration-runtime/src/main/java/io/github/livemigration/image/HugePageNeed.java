package io.github.livemigration.image;

/**
 * Huge pages that the destination has to have for a process.
 *
 * @param pageBytes size of a page
 * @param count of them
 */
public record HugePageNeed(int pageBytes, long count) {
  public HugePageNeed {
    checkPageBytes(pageBytes);
    if (count < 0 || count > AddressRange.USER_SPACE_END / pageBytes) {
      throw new IllegalArgumentException(count + " huge pages of " + pageBytes + " bytes");
    }
  }

  /** Returns their size. */
  public long lengthBytes() {
    return count * pageBytes;
  }

  static void checkPageBytes(int pageBytes) {
    if (pageBytes <= AddressRange.PAGE_BYTES || Integer.bitCount(pageBytes) != 1) {
      throw new IllegalArgumentException("huge pages of " + pageBytes + " bytes");
    }
  }
}
