package io.github.livemigration.image;

import java.util.List;

/**
 * The memory of the target without most of its content.
 *
 * @param mappings in address order, without overlap
 * @param objects memory that mappings and descriptors refer to
 * @param layout what {@code PR_SET_MM_MAP} sets
 * @param futureLock whether mappings that are made from now on are locked ({@code MCL_FUTURE})
 * @param guards pages of mappings that must not be touched ({@code MADV_GUARD_INSTALL}), in address
 *     order
 * @param pagesToCome pages whose content arrives after the process runs, in address order
 * @param earlyPages pages whose content the destination fetches before the process runs, in address
 *     order: those that userfaultfd cannot serve, and those of objects
 * @param plannedPages pages to come whose content the destination has from the plan, in address
 *     order
 * @param eagerPages content that travels with the image; it replaces that of the plan
 */
public record MemoryImage(
    List<MappingState> mappings,
    List<MemoryObject> objects,
    AddressSpaceLayout layout,
    MemoryLock futureLock,
    List<AddressRange> guards,
    List<AddressRange> pagesToCome,
    List<AddressRange> earlyPages,
    List<AddressRange> plannedPages,
    List<PageContents> eagerPages) {

  public MemoryImage {
    mappings = List.copyOf(mappings);
    objects = List.copyOf(objects);
    guards = List.copyOf(guards);
    pagesToCome = List.copyOf(pagesToCome);
    earlyPages = List.copyOf(earlyPages);
    plannedPages = List.copyOf(plannedPages);
    eagerPages = List.copyOf(eagerPages);
    MappingState.checkOrder(mappings);
    for (MappingState mapping : mappings) {
      if (mapping.backing() instanceof MappingBacking.OfObject object
          && object.objectIndex() >= objects.size()) {
        throw new IllegalArgumentException("memory object " + object.objectIndex() + " is missing");
      }
    }
  }

  /** Returns the same memory with other mappings. */
  public MemoryImage withMappings(List<MappingState> others) {
    return new MemoryImage(
        others,
        objects,
        layout,
        futureLock,
        guards,
        pagesToCome,
        earlyPages,
        plannedPages,
        eagerPages);
  }
}
