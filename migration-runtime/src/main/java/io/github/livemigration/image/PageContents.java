package io.github.livemigration.image;

/**
 * The content of neighbouring pages that travels with the image.
 *
 * @param startAddress of the first page
 * @param bytes whole pages
 * @param hot whether they belong to the pages to come (and are sent first), or have to be written
 *     before the process runs: over a file that both sides have, since userfaultfd does not serve
 *     such mappings, or to a memory object
 */
public record PageContents(long startAddress, byte[] bytes, boolean hot) {
  public PageContents {
    range(startAddress, bytes);
  }

  private static AddressRange range(long startAddress, byte[] bytes) {
    return new AddressRange(startAddress, bytes.length);
  }

  /** Returns the range that the content covers. */
  public AddressRange range() {
    return range(startAddress, bytes);
  }
}
