package io.github.livemigration.image;

import java.util.List;

/**
 * Where the memory of the target has content, and some of it.
 *
 * @param guards pages of mappings that must not be touched ({@code MADV_GUARD_INSTALL}), in address
 *     order
 * @param pagesToCome pages whose content arrives after the process runs, in address order
 * @param earlyPages pages whose content the destination fetches before the process runs, in address
 *     order: those that userfaultfd cannot serve, and those of objects
 * @param plannedPages pages to come whose content the destination has from the plan, in address
 *     order
 * @param eagerPages content that travels along; it replaces that of the plan
 * @param zeroPages pages that were only read, and show the kernel's page of zeros: a part of them,
 *     to be spared a fault
 */
public record MemoryContents(
    List<AddressRange> guards,
    List<AddressRange> pagesToCome,
    List<AddressRange> earlyPages,
    List<AddressRange> plannedPages,
    List<PageContents> eagerPages,
    List<AddressRange> zeroPages) {

  /** Most {@link #zeroPages}: each costs time before the process runs. */
  public static final int MAXIMUM_ZERO_PAGES = 1024;

  public MemoryContents {
    guards = List.copyOf(guards);
    pagesToCome = List.copyOf(pagesToCome);
    earlyPages = List.copyOf(earlyPages);
    plannedPages = List.copyOf(plannedPages);
    eagerPages = List.copyOf(eagerPages);
    zeroPages = List.copyOf(zeroPages);
    long zeros = zeroPages.stream().mapToLong(AddressRange::pageCount).sum();
    if (zeros > MAXIMUM_ZERO_PAGES) {
      throw new IllegalArgumentException(zeros + " pages of zeros");
    }
  }
}
