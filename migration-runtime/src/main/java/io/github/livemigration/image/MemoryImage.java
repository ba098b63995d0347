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
 * @param eagerPages content that travels with the image
 */
public record MemoryImage(
    List<MappingState> mappings,
    List<MemoryObject> objects,
    AddressSpaceLayout layout,
    MemoryLock futureLock,
    List<AddressRange> guards,
    List<AddressRange> pagesToCome,
    List<AddressRange> earlyPages,
    List<PageContents> eagerPages) {

  public MemoryImage {
    mappings = List.copyOf(mappings);
    objects = List.copyOf(objects);
    guards = List.copyOf(guards);
    pagesToCome = List.copyOf(pagesToCome);
    earlyPages = List.copyOf(earlyPages);
    eagerPages = List.copyOf(eagerPages);
    long previousEnd = 0;
    for (MappingState mapping : mappings) {
      if (mapping.range().startAddress() < previousEnd) {
        throw new IllegalArgumentException(
            "mapping " + mapping.range() + " overlaps the one before");
      }
      previousEnd = mapping.range().endAddress();
      if (mapping.backing() instanceof MappingBacking.OfObject object
          && object.objectIndex() >= objects.size()) {
        throw new IllegalArgumentException("memory object " + object.objectIndex() + " is missing");
      }
    }
  }
}
