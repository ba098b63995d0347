package io.github.livemigration.image;

import java.util.HashSet;
import java.util.List;

/**
 * What a target looks like while it still runs, so that the destination can build most of it before
 * the freeze. The image says later what of it still holds.
 *
 * @param occupied where the target has any mapping, in any order
 * @param mappings to be made, in address order and without overlap; neither locked nor sealed, and
 *     without memory objects
 * @param threadIds as the target sees them, each once
 * @param pages content within these mappings, in address order
 */
public record ProcessPlan(
    List<AddressRange> occupied,
    List<MappingState> mappings,
    List<Integer> threadIds,
    List<PageContents> pages) {
  /** The plan that says nothing. */
  public static final ProcessPlan NONE =
      new ProcessPlan(List.of(), List.of(), List.of(), List.of());

  /** As many as Linux gives out on the hosts that have most (PID_MAX_LIMIT). */
  private static final int MAXIMUM_THREAD_ID = 1 << 22;

  public ProcessPlan {
    occupied = List.copyOf(occupied);
    mappings = List.copyOf(mappings);
    threadIds = List.copyOf(threadIds);
    pages = List.copyOf(pages);
    MappingState.checkOrder(mappings);
    for (MappingState mapping : mappings) {
      if (!isPlannable(mapping)) {
        throw new IllegalArgumentException("mapping " + mapping.range() + " cannot be planned");
      }
    }
    if (new HashSet<>(threadIds).size() != threadIds.size()) {
      throw new IllegalArgumentException("a thread id is planned twice");
    }
    for (int tid : threadIds) {
      if (tid < 1 || tid > MAXIMUM_THREAD_ID) {
        throw new IllegalArgumentException("thread id " + tid);
      }
    }
    checkPages(mappings, pages);
  }

  private static void checkPages(List<MappingState> mappings, List<PageContents> pages) {
    int mapping = 0;
    long previousEnd = 0;
    for (PageContents contents : pages) {
      AddressRange range = contents.range();
      while (mapping < mappings.size()
          && mappings.get(mapping).range().endAddress() <= range.startAddress()) {
        mapping++;
      }
      if (range.startAddress() < previousEnd
          || mapping == mappings.size()
          || range.startAddress() < mappings.get(mapping).range().startAddress()
          || range.endAddress() > mappings.get(mapping).range().endAddress()) {
        throw new IllegalArgumentException("pages at " + range + " are not within a mapping");
      }
      previousEnd = range.endAddress();
    }
  }

  /** Returns whether the destination can make a mapping before it has the image. */
  public static boolean isPlannable(MappingState mapping) {
    return !(mapping.backing() instanceof MappingBacking.OfObject)
        && mapping.lock() == MemoryLock.NONE
        && !mapping.has(MappingTrait.SEALED);
  }
}
