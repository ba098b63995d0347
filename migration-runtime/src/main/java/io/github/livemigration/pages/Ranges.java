package io.github.livemigration.pages;

import io.github.livemigration.image.AddressRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Arithmetic on lists of ranges, each in one pass. */
public final class Ranges {
  private Ranges() {}

  /** Returns the same addresses as few ranges in address order. */
  public static List<AddressRange> merged(List<AddressRange> ranges) {
    List<AddressRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(AddressRange::startAddress));
    List<AddressRange> merged = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (AddressRange range : sorted) {
      if (range.startAddress() > end || end == 0) {
        add(merged, start, end);
        start = range.startAddress();
        end = range.endAddress();
      } else {
        end = Math.max(end, range.endAddress());
      }
    }
    add(merged, start, end);
    return merged;
  }

  /** Returns the addresses that are in both lists, which are in address order without overlap. */
  public static List<AddressRange> common(List<AddressRange> first, List<AddressRange> second) {
    List<AddressRange> common = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < first.size() && j < second.size()) {
      AddressRange a = first.get(i);
      AddressRange b = second.get(j);
      add(
          common,
          Math.max(a.startAddress(), b.startAddress()),
          Math.min(a.endAddress(), b.endAddress()));
      if (a.endAddress() < b.endAddress()) {
        i++;
      } else {
        j++;
      }
    }
    return common;
  }

  /**
   * Returns the addresses of the first list that are not in the second; both are in address order
   * without overlap.
   */
  public static List<AddressRange> without(List<AddressRange> first, List<AddressRange> second) {
    List<AddressRange> rest = new ArrayList<>();
    int next = 0;
    for (AddressRange range : first) {
      long start = range.startAddress();
      while (next < second.size() && second.get(next).endAddress() <= start) {
        next++;
      }
      int cut = next;
      while (cut < second.size() && second.get(cut).startAddress() < range.endAddress()) {
        add(rest, start, second.get(cut).startAddress());
        start = Math.max(start, second.get(cut).endAddress());
        cut++;
      }
      add(rest, start, range.endAddress());
    }
    return rest;
  }

  /**
   * Returns the parts of a list within a range.
   *
   * @param ranges in address order without overlap
   */
  public static List<AddressRange> within(List<AddressRange> ranges, AddressRange range) {
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).endAddress() <= range.startAddress()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    List<AddressRange> within = new ArrayList<>();
    for (int i = low; i < ranges.size() && ranges.get(i).startAddress() < range.endAddress(); i++) {
      add(
          within,
          Math.max(ranges.get(i).startAddress(), range.startAddress()),
          Math.min(ranges.get(i).endAddress(), range.endAddress()));
    }
    return within;
  }

  /** Returns the number of pages in all ranges. */
  public static long pageCount(List<AddressRange> ranges) {
    long count = 0;
    for (AddressRange range : ranges) {
      count += range.pageCount();
    }
    return count;
  }

  private static void add(List<AddressRange> ranges, long start, long end) {
    if (end > start) {
      ranges.add(new AddressRange(start, end - start));
    }
  }
}
