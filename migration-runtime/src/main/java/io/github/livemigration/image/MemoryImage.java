package io.github.livemigration.image;

import java.util.List;

/**
 * The memory of the target without its content, which {@link MemoryContents} has.
 *
 * @param mappings in address order, without overlap
 * @param objects memory that mappings and descriptors refer to
 * @param layout what {@code PR_SET_MM_MAP} sets
 * @param protectionKeys that the process has taken
 * @param futureLock whether mappings that are made from now on are locked ({@code MCL_FUTURE})
 * @param rseqPages private pages with rseq areas, which are not among the contents: the kernel
 *     writes to an area from the moment that it is registered
 */
public record MemoryImage(
    List<MappingState> mappings,
    List<MemoryObject> objects,
    AddressSpaceLayout layout,
    ProtectionKeys protectionKeys,
    MemoryLock futureLock,
    List<PageContents> rseqPages) {

  public MemoryImage {
    mappings = List.copyOf(mappings);
    objects = List.copyOf(objects);
    rseqPages = List.copyOf(rseqPages);
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
    return new MemoryImage(others, objects, layout, protectionKeys, futureLock, rseqPages);
  }
}
