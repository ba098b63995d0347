package io.github.livemigration.pages;

import io.github.livemigration.image.AddressRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds addresses that are not in use. */
public final class FreeRanges {
  /** Above what {@code vm.mmap_min_addr} may forbid. */
  private static final long LOWEST = 1 << 20;

  private final List<AddressRange> taken;

  /**
   * Prepare to search.
   *
   * @param taken what is in use, in any order, possibly overlapping
   */
  public FreeRanges(List<AddressRange> taken) {
    this.taken = new ArrayList<>(taken);
    this.taken.sort(Comparator.comparingLong(AddressRange::startAddress));
  }

  /** Returns a range that was free and counts as taken from now on. */
  public AddressRange take(long lengthBytes) {
    long candidate = LOWEST;
    for (AddressRange range : taken) {
      if (range.startAddress() - candidate >= lengthBytes) {
        break;
      }
      candidate = Math.max(candidate, range.endAddress());
    }
    AddressRange free = new AddressRange(candidate, lengthBytes);
    taken.add(free);
    taken.sort(Comparator.comparingLong(AddressRange::startAddress));
    return free;
  }
}
