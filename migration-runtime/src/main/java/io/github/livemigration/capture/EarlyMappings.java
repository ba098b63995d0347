package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The mappings of a process, read while it still runs. To print {@code smaps} the kernel walks all
 * page tables, which takes milliseconds; {@code maps} is there in a fraction of one.
 *
 * <p>Once the process is frozen, {@link #isCurrent} tells in the downtime whether a mapping has
 * come, gone or changed its place, rights or file since. What {@code maps} does not show are the
 * flags that {@code madvise} and its like set. Mostly {@link #settle} finds that none of these
 * calls was made; otherwise {@link #isConfirmed} reads {@code smaps} again, and is for a time when
 * nobody waits.
 *
 * <p>Whoever has them closes them, but not in the downtime: it takes the kernel milliseconds.
 */
public final class EarlyMappings implements AutoCloseable {
  private static final int ATTEMPTS = 3;

  private final byte[] maps;
  private final List<MemoryMapEntry> entries;
  private final MappingWatch watch;
  private volatile boolean undisturbed;

  private EarlyMappings(byte[] maps, List<MemoryMapEntry> entries, MappingWatch watch) {
    this.maps = maps;
    this.entries = entries;
    this.watch = watch;
  }

  /** Read the mappings of a process that may run. */
  public static EarlyMappings of(int pid) {
    return readOnce(pid).untilCurrent(pid);
  }

  /** Returns what never holds, so that the mappings of the frozen process are read. */
  public static EarlyMappings none() {
    return new EarlyMappings(new byte[0], List.of(), MappingWatch.none());
  }

  /**
   * Returns these mappings if they are current, as far as can be known, and otherwise closes them
   * and returns the current ones.
   */
  public EarlyMappings renewed(int pid) {
    boolean holds = isCurrent(pid) && (!watch.isOn() || isUndisturbed(List.of()));
    return holds ? this : again(pid).untilCurrent(pid);
  }

  private EarlyMappings untilCurrent(int pid) {
    EarlyMappings mappings = this;
    try {
      for (int i = 1; i < ATTEMPTS && !mappings.isCurrent(pid); i++) {
        mappings = mappings.again(pid);
      }
      return mappings;
    } catch (SystemCallException e) {
      mappings.close();
      throw e;
    }
  }

  /** Ends the old watch after the new one has begun: to end the last one takes the kernel long. */
  private EarlyMappings again(int pid) {
    try {
      return readOnce(pid);
    } finally {
      close();
    }
  }

  private static EarlyMappings readOnce(int pid) {
    MappingWatch watch = MappingWatch.start(pid);
    try {
      byte[] maps = ProcFs.read(pid, "maps");
      return new EarlyMappings(maps, inOrder(current(pid)), watch);
    } catch (SystemCallException e) {
      watch.close();
      throw e;
    }
  }

  /**
   * Leaves out what overlaps the one before: of a process that runs the kernel lists some at a
   * time, and goes on with whatever is mapped by then where it stopped.
   */
  static List<MemoryMapEntry> inOrder(List<MemoryMapEntry> entries) {
    List<MemoryMapEntry> inOrder = new ArrayList<>();
    long end = 0;
    for (MemoryMapEntry entry : entries) {
      if (Long.compareUnsigned(entry.start(), end) >= 0) {
        inOrder.add(entry);
        end = entry.end();
      }
    }
    return inOrder;
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

  /**
   * Find out in the downtime whether the process has made any call that can change what {@code
   * maps} does not show. To be called before it is made to run calls for others.
   *
   * @param frozen all threads of the process, which are stopped
   */
  void settle(Collection<Integer> frozen) {
    undisturbed = isUndisturbed(frozen);
  }

  /**
   * Returns whether it is known that everything in which these mappings differ from those of the
   * frozen process shows in {@code maps}. Guard regions are such mappings' details, too, as {@code
   * madvise} makes them.
   */
  boolean areUndisturbed() {
    return undisturbed;
  }

  private boolean isUndisturbed(Collection<Integer> tids) {
    return !entries.isEmpty() && watch.isUndisturbed(tids, entries.get(0).start());
  }

  @Override
  public void close() {
    watch.close();
  }
}
