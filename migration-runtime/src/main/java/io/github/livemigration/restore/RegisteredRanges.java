package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.pages.Ranges;
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

  private static final int MANY_MAPPINGS = 10_000;

  private RegisteredRanges() {}

  /**
   * Choose.
   *
   * @param pages to come
   */
  static List<AddressRange> of(MemoryImage memory, List<AddressRange> pages) {
    // The kernel splits a mapping where a registration begins or ends within it, and the number of
    // mappings is limited.
    boolean many = memory.mappings().size() > MANY_MAPPINGS;
    List<AddressRange> ranges = new ArrayList<>();
    long covered = 0;
    for (MappingState mapping : memory.mappings()) {
      AddressRange range = mapping.range();
      List<AddressRange> runs = Ranges.within(pages, range);
      if (!runs.isEmpty() && !mapping.servable()) {
        throw new IllegalArgumentException(
            "pages at " + runs.get(0) + " lie outside carried memory");
      }
      if (!runs.isEmpty() && many) {
        ranges.add(range);
      } else {
        addJoined(runs, ranges);
      }
      covered += Ranges.pageCount(runs);
    }
    if (covered != Ranges.pageCount(pages)) {
      throw new IllegalArgumentException("pages to come lie outside all mappings");
    }
    return ranges;
  }

  private static void addJoined(List<AddressRange> runs, List<AddressRange> ranges) {
    long start = -1;
    long end = -1;
    for (AddressRange run : runs) {
      if (start >= 0 && run.startAddress() - end > LARGEST_GAP_BYTES) {
        ranges.add(new AddressRange(start, end - start));
        start = -1;
      }
      start = start < 0 ? run.startAddress() : start;
      end = run.endAddress();
    }
    if (start >= 0) {
      ranges.add(new AddressRange(start, end - start));
    }
  }
}
