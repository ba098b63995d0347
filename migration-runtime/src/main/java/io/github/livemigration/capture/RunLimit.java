package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the list of pages short enough for the image where a process has touched, say, every second
 * page of some gigabytes: untouched pages between two runs are then counted among them.
 */
final class RunLimit {
  /** Most runs: half of what the codec takes. */
  static final int MAXIMUM_RUNS = 1 << 19;

  private RunLimit() {}

  /**
   * Returns few enough runs that have all the pages.
   *
   * @param runs in address order
   * @param mappings in address order; no run grows beyond its own
   * @param guards in address order; no run grows over one
   */
  static List<AddressRange> limited(
      List<AddressRange> runs, List<AddressRange> mappings, List<AddressRange> guards) {
    List<AddressRange> limited = runs;
    for (long gap = AddressRange.PAGE_BYTES;
        limited.size() > MAXIMUM_RUNS && gap < AddressRange.USER_SPACE_END / 2;
        gap *= 2) {
      limited = Ranges.without(joined(limited, mappings, gap), guards);
    }
    return limited;
  }

  private static List<AddressRange> joined(
      List<AddressRange> runs, List<AddressRange> mappings, long gap) {
    List<AddressRange> joined = new ArrayList<>();
    int mapping = 0;
    for (AddressRange run : runs) {
      int last = joined.size() - 1;
      while (mappings.get(mapping).endAddress() < run.endAddress()) {
        mapping++;
      }
      if (last >= 0
          && run.startAddress() - joined.get(last).endAddress() <= gap
          && joined.get(last).endAddress() > mappings.get(mapping).startAddress()) {
        long start = joined.get(last).startAddress();
        joined.set(last, new AddressRange(start, run.endAddress() - start));
      } else {
        joined.add(run);
      }
    }
    return joined;
  }
}
