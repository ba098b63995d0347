package io.github.livemigration.image;

import java.util.List;

/**
 * The memory of the target without its content.
 *
 * @param mappings in address order, without overlap
 * @param sharedObjects shared memory that mappings refer to
 * @param layout what {@code PR_SET_MM_MAP} sets
 * @param pagesToCome pages whose content arrives after the process runs, in address order
 * @param eagerPages content that has to be there before the process runs
 */
public record MemoryImage(
    List<MappingState> mappings,
    List<SharedObject> sharedObjects,
    AddressSpaceLayout layout,
    List<AddressRange> pagesToCome,
    List<PageContents> eagerPages) {

  public MemoryImage {
    mappings = List.copyOf(mappings);
    sharedObjects = List.copyOf(sharedObjects);
    pagesToCome = List.copyOf(pagesToCome);
    eagerPages = List.copyOf(eagerPages);
    long previousEnd = 0;
    for (MappingState mapping : mappings) {
      if (mapping.range().startAddress() < previousEnd) {
        throw new IllegalArgumentException(
            "mapping " + mapping.range() + " overlaps the one before");
      }
      previousEnd = mapping.range().endAddress();
      if (mapping.backing() instanceof MappingBacking.SharedMemory object
          && object.objectIndex() >= sharedObjects.size()) {
        throw new IllegalArgumentException("shared object " + object.objectIndex() + " is missing");
      }
    }
  }
}
