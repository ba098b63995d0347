package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.VmFlag;
import io.github.livemigration.pages.Ranges;
import java.util.Arrays;
import java.util.List;

/**
 * The mappings of a process, read while it still runs. To print {@code smaps} the kernel walks all
 * page tables, which takes milliseconds; {@code maps} is there in a fraction of one.
 *
 * <p>Once the process is frozen, {@link #isCurrent} tells in the downtime whether a mapping has
 * come, gone or changed its place, rights or file since. What {@code maps} does not show are the
 * flags that {@code madvise} and its like set: {@link #isConfirmed} reads {@code smaps} again, and
 * is for a time when nobody waits.
 */
public final class EarlyMappings {
  private static final int ATTEMPTS = 3;

  private final byte[] maps;
  private final List<MemoryMapEntry> entries;

  private EarlyMappings(byte[] maps, List<MemoryMapEntry> entries) {
    this.maps = maps;
    this.entries = entries;
  }

  /** Read the mappings of a process that may run. */
  public static EarlyMappings of(int pid) {
    EarlyMappings mappings = readOnce(pid);
    for (int i = 1; i < ATTEMPTS && !mappings.isCurrent(pid); i++) {
      mappings = readOnce(pid);
    }
    return mappings;
  }

  /** Returns what never holds, so that the mappings of the frozen process are read. */
  public static EarlyMappings none() {
    return new EarlyMappings(new byte[0], List.of());
  }

  /** Returns these mappings if they are current, and otherwise the current ones. */
  public EarlyMappings renewed(int pid) {
    return isCurrent(pid) ? this : of(pid);
  }

  private static EarlyMappings readOnce(int pid) {
    byte[] maps = ProcFs.read(pid, "maps");
    return new EarlyMappings(maps, current(pid));
  }

  /** Reads the mappings as they are now. */
  static List<MemoryMapEntry> current(int pid) {
    return MemoryMapParser.parse(ProcFs.read(pid, "smaps"));
  }

  List<MemoryMapEntry> entries() {
    return entries;
  }

  /**
   * Returns where pages of files or of shared memory may be, in address order: everywhere, if
   * nothing is known.
   */
  List<AddressRange> withFiles() {
    if (entries.isEmpty()) {
      return List.of(AddressRange.USER_SPACE);
    }
    return Ranges.merged(
        entries.stream()
            .filter(EarlyMappings::mayShowFile)
            .map(entry -> new AddressRange(entry.start(), entry.length()))
            .toList());
  }

  /** The kernel's own mappings, such as the vdso, must not be expanded: mremap(2). */
  private static boolean mayShowFile(MemoryMapEntry entry) {
    return entry.shared() || entry.inode() != 0 || entry.has(VmFlag.DO_NOT_EXPAND);
  }

  boolean isCurrent(int pid) {
    return Arrays.equals(maps, ProcFs.read(pid, "maps"));
  }

  boolean isConfirmed(int pid) {
    return entries.equals(current(pid));
  }
}
