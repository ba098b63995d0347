package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import io.github.livemigration.pages.Ranges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the huge pages that the destination needs for a process that runs.
 *
 * <p>The kernel sets aside what a mapping may need when it is made, unless by MAP_NORESERVE.
 */
final class HugePageNeeds {
  private final int pid;
  private final Map<Integer, Long> bytes = new TreeMap<>();

  HugePageNeeds(int pid) {
    this.pid = pid;
  }

  /** Count what a private mapping has for itself. */
  void add(MemoryMapEntry entry) {
    if (entry.shared() || !entry.has(VmFlag.HUGETLB)) {
      return;
    }
    try {
      int pageBytes = FileStat.of(MapFiles.path(pid, entry)).blockBytes();
      add(pageBytes, entry.has(VmFlag.NO_SWAP_RESERVE) ? presentBytes(entry) : entry.length());
    } catch (SystemCallException e) {
      // Unmapped since it was listed.
    }
  }

  private long presentBytes(MemoryMapEntry entry) {
    AddressRange range = new AddressRange(entry.start(), entry.length());
    return Ranges.pageCount(ResidentPages.of(pid).writtenWithin(range)) * AddressRange.PAGE_BYTES;
  }

  /** Count what an object has, or has been promised. */
  void add(SourceObject object) {
    if (object.hasHugePages()) {
      long mapped = Ranges.pageCount(object.mapped(0)) * AddressRange.PAGE_BYTES;
      add(object.pageBytes(), Math.max(object.stat().allocatedBytes(), mapped));
    }
  }

  private void add(int pageBytes, long more) {
    if (more > 0) {
      bytes.merge(pageBytes, more, Long::sum);
    }
  }

  List<HugePageNeed> all() {
    return bytes.entrySet().stream()
        .map(need -> new HugePageNeed(need.getKey(), need.getValue() / need.getKey()))
        .toList();
  }
}
