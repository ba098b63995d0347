package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ThreadState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Makes sure that what the kernel writes to while threads are built is there. */
final class RseqCheck {
  private RseqCheck() {}

  /**
   * The kernel touches an rseq area when it is registered, and makes a page of zeros there. Were
   * its page still to come, that would be in the way of the true one.
   */
  static void check(ProcessImage image, MemoryContents contents) {
    NavigableMap<Long, Long> toCome = endsByStart(contents.pagesToCome());
    List<AddressRange> present = new ArrayList<>();
    image.memory().rseqPages().forEach(page -> present.add(page.range()));
    NavigableMap<Long, Long> early = endsByStart(present);
    for (ThreadState thread : image.threads()) {
      thread
          .restartableSequence()
          .filter(
              area ->
                  isMissing(area.address(), toCome, early)
                      || isMissing(area.address() + area.lengthBytes() - 1, toCome, early))
          .ifPresent(
              area -> {
                throw new IllegalArgumentException(
                    "the rseq area of thread %d at %#x is not among the pages of the image"
                        .formatted(thread.tid(), area.address()));
              });
    }
  }

  private static NavigableMap<Long, Long> endsByStart(List<AddressRange> ranges) {
    NavigableMap<Long, Long> ends = new TreeMap<>();
    ranges.forEach(range -> ends.put(range.startAddress(), range.endAddress()));
    return ends;
  }

  private static boolean isMissing(
      long address, NavigableMap<Long, Long> toCome, NavigableMap<Long, Long> early) {
    return contains(toCome, address) && !contains(early, address);
  }

  private static boolean contains(NavigableMap<Long, Long> endsByStart, long address) {
    Map.Entry<Long, Long> range = endsByStart.floorEntry(address);
    return range != null && address < range.getValue();
  }
}
