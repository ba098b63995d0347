package io.github.livemigration.image;

import java.nio.charset.StandardCharsets;

/**
 * Memory with an identity of its own, which mappings and descriptors share, and which the
 * destination makes anew: shared anonymous memory, a memory file, or the content of a file that the
 * destination lacks.
 *
 * @param kind how it is made
 * @param name of the file that holds it, without a directory
 * @param address of a range that no mapping of the source uses: by it the content is named that
 *     goes to the object itself
 * @param lengthBytes its size
 * @param mode permission bits
 * @param uid owner
 * @param gid group
 * @param seals {@code F_SEAL_} bits
 * @param pageBytes size of its pages, 4096 unless they are huge
 * @see <a href="https://man7.org/linux/man-pages/man2/memfd_create.2.html">memfd_create(2)</a>
 */
public record MemoryObject(
    Kind kind,
    String name,
    long address,
    long lengthBytes,
    int mode,
    int uid,
    int gid,
    int seals,
    int pageBytes) {
  /** No seal can be added, as for every file that was not made for it. */
  public static final int F_SEAL_SEAL = 1;

  private static final int ALL_SEALS = 0x3f;

  /** Longest name that {@code memfd_create(2)} takes. */
  public static final int NAME_BYTES = 249;

  /** How an object is made. */
  public enum Kind {
    /** By a shared anonymous mapping. */
    ANONYMOUS,
    /** By {@code memfd_create(2)}. */
    FILE
  }

  public MemoryObject {
    if (lengthBytes < 0 || lengthBytes > AddressRange.USER_SPACE_END - AddressRange.PAGE_BYTES) {
      throw new IllegalArgumentException("memory object " + name + " of " + lengthBytes + " bytes");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("name of a memory object: " + name);
    }
    if ((mode & ~07777) != 0 || (seals & ~ALL_SEALS) != 0) {
      throw new IllegalArgumentException(
          "memory object %s: mode %#o, seals %#x".formatted(name, mode, seals));
    }
    if (pageBytes != AddressRange.PAGE_BYTES) {
      HugePageNeed.checkPageBytes(pageBytes);
      if (lengthBytes % pageBytes != 0) {
        throw new IllegalArgumentException(
            "%d bytes of memory object %s in pages of %d".formatted(lengthBytes, name, pageBytes));
      }
    }
    new AddressRange(address, Math.max(wholePages(lengthBytes), AddressRange.PAGE_BYTES));
  }

  /** Returns whether its pages are huge. */
  public boolean hasHugePages() {
    return pageBytes != AddressRange.PAGE_BYTES;
  }

  /** Returns the range that names its content. */
  public AddressRange range() {
    return new AddressRange(address, Math.max(wholePages(lengthBytes), AddressRange.PAGE_BYTES));
  }

  private static long wholePages(long lengthBytes) {
    return (lengthBytes + AddressRange.PAGE_BYTES - 1) & -AddressRange.PAGE_BYTES;
  }
}
