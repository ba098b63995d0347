package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides for each mapping what stands behind it on the destination, or why it cannot be carried.
 *
 * <p>Whether the destination has the same file was agreed beforehand; a file it was not asked about
 * counts as missing and is carried.
 */
final class MappingClassifier {
  /**
   * A shared mapping of a file that the destination lacks becomes shared memory, up to this size.
   */
  private static final long MAX_CARRIED_SHARED_FILE_BYTES = 1 << 20;

  /** Major number of /dev/zero and its kind, and the minor number of it. */
  private static final int MEMORY_DEVICES = 1;

  private static final int ZERO_DEVICE = 5;

  /** What the kernel calls the file behind memory that {@code MAP_HUGETLB} has made. */
  static final String ANONYMOUS_HUGE_PAGES = "/anon_hugepage (deleted)";

  private static final Map<VmFlag, MappingTrait> TRAITS =
      Map.of(
          VmFlag.GROWS_DOWN, MappingTrait.GROWS_DOWN,
          VmFlag.NO_SWAP_RESERVE, MappingTrait.NO_RESERVE,
          VmFlag.ACCOUNTED, MappingTrait.ACCOUNTED,
          VmFlag.DROPPABLE, MappingTrait.DROPPABLE,
          VmFlag.HUGETLB, MappingTrait.HUGE_PAGES,
          VmFlag.SEALED, MappingTrait.SEALED);

  private static final Map<VmFlag, MappingAdvice> ADVICE =
      Map.of(
          VmFlag.RANDOM_READ, MappingAdvice.RANDOM,
          VmFlag.SEQUENTIAL_READ, MappingAdvice.SEQUENTIAL,
          VmFlag.DO_NOT_FORK, MappingAdvice.DONTFORK,
          VmFlag.MERGEABLE, MappingAdvice.MERGEABLE,
          VmFlag.HUGE_PAGES, MappingAdvice.HUGEPAGE,
          VmFlag.NO_HUGE_PAGES, MappingAdvice.NOHUGEPAGE,
          VmFlag.DO_NOT_DUMP, MappingAdvice.DONTDUMP,
          VmFlag.WIPE_ON_FORK, MappingAdvice.WIPEONFORK);

  private static final Map<VmFlag, MemoryKind> REFUSED =
      Map.of(
          VmFlag.IO, MemoryKind.DEVICE,
          VmFlag.PFN_MAPPED, MemoryKind.DEVICE,
          VmFlag.MIXED_MAP, MemoryKind.DEVICE,
          VmFlag.SYNCHRONOUS_FAULT, MemoryKind.DEVICE,
          VmFlag.SHADOW_STACK, MemoryKind.SHADOW_STACK,
          VmFlag.UNKNOWN, MemoryKind.UNKNOWN_FLAG,
          VmFlag.UFFD_MISSING, MemoryKind.USERFAULTFD,
          VmFlag.UFFD_WRITE_PROTECT, MemoryKind.USERFAULTFD,
          VmFlag.UFFD_MINOR, MemoryKind.USERFAULTFD);

  private final int pid;
  private final boolean frozen;
  private final Set<FileKey> sameFiles;
  private final ObjectTable objects;
  private final List<Obstacle> obstacles = new ArrayList<>();

  /**
   * Prepare to decide.
   *
   * @param frozen whether all its threads are stopped, so that what was listed is still mapped
   */
  MappingClassifier(int pid, boolean frozen, Set<FileKey> sameFiles, ObjectTable objects) {
    this.pid = pid;
    this.frozen = frozen;
    this.sameFiles = sameFiles;
    this.objects = objects;
  }

  List<Obstacle> obstacles() {
    return List.copyOf(obstacles);
  }

  /**
   * Returns what stands behind the mapping; empty for one that is not carried on purpose or
   * refused.
   */
  Optional<MappingBacking> classify(MemoryMapEntry entry) {
    String path = entry.path();
    if (path.equals("[vsyscall]")) {
      return Optional.empty(); // Part of every process, at the same address.
    }
    if (MappingBacking.KernelPages.MOVABLE.contains(path)) {
      return Optional.of(new MappingBacking.KernelPages(path));
    }
    for (Map.Entry<VmFlag, MemoryKind> refused : REFUSED.entrySet()) {
      if (entry.has(refused.getKey())) {
        return refuse(entry, refused.getValue(), refused.getValue().facts().why());
      }
    }
    if (path.startsWith("/SYSV")) {
      return refuse(entry, MemoryKind.SYSTEM_V, MemoryKind.SYSTEM_V.facts().why());
    }
    if (path.startsWith("/secretmem")) {
      return refuse(entry, MemoryKind.SECRET, MemoryKind.SECRET.facts().why());
    }
    if (path.startsWith("anon_inode:") || path.startsWith("/[aio]") || path.startsWith("socket:")) {
      return refuse(entry, MemoryKind.OTHER, MemoryKind.OTHER.facts().why());
    }
    if (entry.inode() == 0) {
      return Optional.of(new MappingBacking.PrivateAnonymous());
    }
    boolean mayWrite = entry.has(VmFlag.MAY_WRITE);
    if (sameFiles.contains(FileKey.of(entry))) {
      return Optional.of(
          new MappingBacking.SameFile(
              entry.path(), entry.fileOffset(), entry.shared() && mayWrite));
    }
    return other(entry, mayWrite);
  }

  /** What stands behind a file that the destination lacks, or that has no name. */
  private Optional<MappingBacking> other(MemoryMapEntry entry, boolean mayWrite) {
    FileStat file;
    try {
      file = FileStat.of(MapFiles.path(pid, entry));
    } catch (SystemCallException e) {
      if (!frozen && e.errno() == Errno.ENOENT) {
        return Optional.empty(); // Unmapped since it was listed.
      }
      return refuse(
          entry,
          MemoryKind.UNREADABLE_FILE,
          "what it shows could not be found out: " + e.getMessage());
    }
    if (entry.path().equals(ANONYMOUS_HUGE_PAGES) && !entry.shared()) {
      return Optional.of(new MappingBacking.HugePages(file.blockBytes()));
    }
    if (!file.isRegular()) {
      boolean zeros = file.rdevMajor() == MEMORY_DEVICES && file.rdevMinor() == ZERO_DEVICE;
      return zeros && !entry.shared()
          ? Optional.of(new MappingBacking.ZeroDevice())
          : refuse(entry, MemoryKind.DEVICE, MemoryKind.DEVICE.facts().why());
    }
    if (entry.shared()
        && mayWrite
        && file.links() > 0
        && file.size() > MAX_CARRIED_SHARED_FILE_BYTES) {
      return refuse(
          entry,
          MemoryKind.SHARED_FILE,
          "the destination lacks this file of %d bytes, and what the target writes to it would be lost"
              .formatted(file.size()));
    }
    return Optional.of(object(entry, file));
  }

  /** Returns the content of a file as an object of its own. */
  MappingBacking carried(MemoryMapEntry entry) {
    return object(entry, FileStat.of(MapFiles.path(pid, entry)));
  }

  private MappingBacking object(MemoryMapEntry entry, FileStat file) {
    int pageBytes = entry.has(VmFlag.HUGETLB) ? file.blockBytes() : AddressRange.PAGE_BYTES;
    SourceObject object = objects.of(MapFiles.path(pid, entry), entry.path(), file, pageBytes);
    boolean mayWrite = entry.has(VmFlag.MAY_WRITE);
    object.map(entry.fileOffset(), entry.length(), entry.shared(), mayWrite);
    return new MappingBacking.OfObject(object.index(), entry.fileOffset(), mayWrite);
  }

  private Optional<MappingBacking> refuse(MemoryMapEntry entry, MemoryKind kind, String why) {
    obstacles.add(
        kind.at("mapping %#x-%#x %s".formatted(entry.start(), entry.end(), entry.path()), why));
    return Optional.empty();
  }

  /** Returns the advice that the mapping was given. */
  static List<MappingAdvice> advice(MemoryMapEntry entry) {
    return ADVICE.entrySet().stream()
        .filter(known -> entry.has(known.getKey()))
        .map(Map.Entry::getValue)
        .sorted()
        .toList();
  }

  /** Returns how the mapping was made. */
  static Set<MappingTrait> traits(MemoryMapEntry entry) {
    Set<MappingTrait> traits = EnumSet.noneOf(MappingTrait.class);
    for (Map.Entry<VmFlag, MappingTrait> known : TRAITS.entrySet()) {
      if (entry.has(known.getKey())) {
        traits.add(known.getValue());
      }
    }
    return traits;
  }

  /** Returns whether the mapping is locked. */
  static MemoryLock lock(MemoryMapEntry entry) {
    if (!entry.has(VmFlag.LOCKED)) {
      return MemoryLock.NONE;
    }
    return entry.has(VmFlag.LOCK_ON_FAULT) ? MemoryLock.LOCKED_ON_FAULT : MemoryLock.LOCKED;
  }
}
