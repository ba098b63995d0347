package io.github.livemigration.session;

import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import io.github.livemigration.tracee.TracedThread;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every page of a process that holds still, and the properties of its mappings, to be compared with
 * the same process after a move.
 *
 * <p>All of its threads have to wait in system calls that touch no memory of theirs, such as a
 * sleep. Content is read through {@code /proc/PID/mem}, whatever the page is: private or shared, of
 * a file, or without access. Not compared are the kernel's own pages and the rseq areas, in which
 * the kernel writes the processor's number.
 */
final class MemorySnapshot {
  private static final int PAGE_BYTES = NativeBuffer.PAGE_SIZE;
  private static final int CHUNK_PAGES = 64;
  private static final long USER_END = 0x7fff_ffff_f000L;
  private static final int RSEQ_BYTES = 32;

  /** The hash of a page of zeros. */
  private static final long ZEROS = 0;

  /** Instead of a hash: the page cannot be read, as behind the end of a file. */
  private static final long UNREADABLE = -1;

  /** Flags that come and go by themselves, or follow from others. */
  private static final Set<VmFlag> NOT_COMPARED =
      EnumSet.of(VmFlag.SOFT_DIRTY, VmFlag.GUARD_REGIONS, VmFlag.UFFD_MISSING);

  private static final List<String> KERNEL_PAGES =
      List.of("[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]");

  private final List<Area> areas = new ArrayList<>();
  private final SortedMap<Long, Long> hashes = new TreeMap<>();
  private final NativeBuffer chunk = NativeBuffer.allocate(CHUNK_PAGES * PAGE_BYTES);
  private final Set<Long> rseqAreas = new TreeSet<>();

  /** Neighbouring mappings with the same properties. */
  private record Area(long start, long end, String properties, String path) {
    @Override
    public String toString() {
      return "%x-%x %s %s".formatted(start, end, properties, path);
    }
  }

  private MemorySnapshot() {}

  /** Look at a process; every thread of it is stopped for a moment. */
  static MemorySnapshot of(int pid) {
    MemorySnapshot snapshot = new MemorySnapshot();
    for (int tid : ProcFs.threads(pid)) {
      snapshot.findRseqArea(tid);
    }
    List<MemoryMapEntry> entries = MemoryMapParser.parse(ProcFs.read(pid, "smaps"));
    try (ProcessMemory memory = ProcessMemory.open(pid);
        PageMapScan scan = PageMapScan.open(pid)) {
      SortedSet<Long> populated = populated(scan);
      for (MemoryMapEntry entry : entries) {
        if (!KERNEL_PAGES.contains(entry.path())) {
          snapshot.addArea(entry);
          if (entry.inode() == 0 || entry.path().equals("/dev/zero")) {
            for (long page : populated.subSet(entry.start(), entry.end())) {
              snapshot.read(memory, page, page + PAGE_BYTES);
            }
          } else {
            snapshot.read(memory, entry.start(), entry.end());
          }
        }
      }
    }
    return snapshot;
  }

  private void findRseqArea(int tid) {
    TracedThread thread = TracedThread.seize(tid, 0);
    try {
      thread.interrupt();
      thread.awaitStop();
      thread.restartableSequence().ifPresent(area -> rseqAreas.add(area.address()));
    } finally {
      thread.detach();
    }
  }

  /** Addresses of the pages that exist or are guarded. */
  private static SortedSet<Long> populated(PageMapScan scan) {
    SortedSet<Long> populated = new TreeSet<>();
    long kinds = PageMapScan.PRESENT | PageMapScan.SWAPPED;
    scan.scan(
        0,
        USER_END,
        0,
        kinds,
        0,
        kinds,
        (start, end, categories) -> {
          for (long page = start; page < end; page += PAGE_BYTES) {
            populated.add(page);
          }
        });
    return populated;
  }

  private void addArea(MemoryMapEntry entry) {
    Set<VmFlag> flags = EnumSet.noneOf(VmFlag.class);
    flags.addAll(entry.vmFlags());
    flags.removeAll(NOT_COMPARED);
    if (!flags.contains(VmFlag.MAY_WRITE)) {
      // Whether a shared mapping that nobody may write was opened for reading, or sealed later.
      flags.remove(VmFlag.SHARED);
    }
    String path = entry.path().startsWith("[") || entry.inode() == 0 ? entry.path() : "file";
    String properties = flags.toString();
    Area last = areas.isEmpty() ? null : areas.get(areas.size() - 1);
    if (last != null
        && last.end() == entry.start()
        && last.properties().equals(properties)
        && last.path().equals(path)) {
      areas.set(areas.size() - 1, new Area(last.start(), entry.end(), properties, path));
    } else {
      areas.add(new Area(entry.start(), entry.end(), properties, path));
    }
  }

  private void read(ProcessMemory memory, long start, long end) {
    for (long address = start; address < end; address += CHUNK_PAGES * PAGE_BYTES) {
      int count = (int) Math.min(CHUNK_PAGES, (end - address) / PAGE_BYTES);
      if (tryRead(memory, address, count)) {
        for (int page = 0; page < count; page++) {
          put(address + (long) page * PAGE_BYTES, page);
        }
      } else {
        for (int page = 0; page < count; page++) {
          long place = address + (long) page * PAGE_BYTES;
          if (tryRead(memory, place, 1)) {
            put(place, 0);
          } else {
            hashes.put(place, UNREADABLE);
          }
        }
      }
    }
  }

  private boolean tryRead(ProcessMemory memory, long address, int pageCount) {
    try {
      memory.read(address, chunk.address(), pageCount * PAGE_BYTES);
      return true;
    } catch (SystemCallException e) {
      return false;
    }
  }

  private void put(long address, int page) {
    for (long area : rseqAreas) {
      if (area >= address && area < address + PAGE_BYTES) {
        chunk.clear(page * PAGE_BYTES + (int) (area - address), RSEQ_BYTES);
      }
    }
    long hash = 0;
    for (int offset = page * PAGE_BYTES; offset < (page + 1) * PAGE_BYTES; offset += Long.BYTES) {
      hash = (hash ^ chunk.getLong(offset)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    if (hash != ZEROS) { // They are like pages that are not there.
      hashes.put(address, hash);
    }
  }

  /** Returns the number of pages that have content. */
  int pageCount() {
    return hashes.size();
  }

  /** Returns the first page or mapping that another snapshot has otherwise; empty for none. */
  Optional<String> differenceTo(MemorySnapshot after) {
    SortedMap<Long, Long> all = new TreeMap<>(hashes);
    all.putAll(after.hashes);
    for (Map.Entry<Long, Long> page : all.entrySet()) {
      long address = page.getKey();
      String before = describe(hashes.getOrDefault(address, ZEROS));
      String now = describe(after.hashes.getOrDefault(address, ZEROS));
      if (!before.equals(now)) {
        return Optional.of(
            "page %#x: %s, was %s, in %s".formatted(address, now, before, areaOf(address)));
      }
    }
    for (int i = 0; i < Math.max(areas.size(), after.areas.size()); i++) {
      String before = i < areas.size() ? areas.get(i).toString() : "nothing";
      String now = i < after.areas.size() ? after.areas.get(i).toString() : "nothing";
      if (!before.equals(now)) {
        return Optional.of("mapping " + now + ", was " + before);
      }
    }
    return Optional.empty();
  }

  private static String describe(long hash) {
    if (hash == ZEROS) {
      return "zeros";
    }
    return hash == UNREADABLE ? "unreadable" : "content " + Long.toHexString(hash);
  }

  private String areaOf(long address) {
    return areas.stream()
        .filter(area -> address >= area.start() && address < area.end())
        .findFirst()
        .map(Area::toString)
        .orElse("no mapping of the source");
  }
}
