package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses what is registered with userfaultfd: where pages are to come, and small gaps between
 * them.
 *
 * <p>A gap that is registered costs a round trip to the fault handler for each page in it that is
 * touched for the first time; one that is not costs a mapping more.
 */
final class RegisteredRanges {
  private static final long LARGEST_GAP_BYTES = 2 << 20;

  private RegisteredRanges() {}

  static List<AddressRange> of(MemoryImage memory) {
    List<AddressRange> ranges = new ArrayList<>();
    List<AddressRange> pages = new ArrayList<>(memory.pagesToCome());
    int next = 0;
    for (MappingState mapping : memory.mappings()) {
      AddressRange range = mapping.range();
      long start = -1;
      long end = -1;
      while (next < pages.size() && pages.get(next).startAddress() < range.endAddress()) {
        AddressRange run = pages.get(next);
        if (run.startAddress() < range.startAddress() || !servable(mapping)) {
          throw new IllegalArgumentException("pages at " + run + " lie outside carried memory");
        }
        long runEnd = Math.min(run.endAddress(), range.endAddress());
        if (start >= 0 && run.startAddress() - end > LARGEST_GAP_BYTES) {
          ranges.add(new AddressRange(start, end - start));
          start = -1;
        }
        start = start < 0 ? run.startAddress() : start;
        end = runEnd;
        if (run.endAddress() > range.endAddress()) {
          // The run goes on in the next mapping.
          pages.set(next, new AddressRange(runEnd, run.endAddress() - runEnd));
          break;
        }
        next++;
      }
      if (start >= 0) {
        ranges.add(new AddressRange(start, end - start));
      }
    }
    if (next < pages.size()) {
      throw new IllegalArgumentException(
          "pages at " + pages.get(next) + " lie outside all mappings");
    }
    return ranges;
  }

  private static boolean servable(MappingState mapping) {
    return mapping.backing() instanceof MappingBacking.PrivateAnonymous
        || mapping.backing() instanceof MappingBacking.CarriedFile
        || mapping.backing() instanceof MappingBacking.SharedMemory;
  }
}
