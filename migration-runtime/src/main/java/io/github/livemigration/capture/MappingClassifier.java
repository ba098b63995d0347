package io.github.livemigration.capture;

import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.SharedObject;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
          VmFlag.HUGETLB, MemoryKind.HUGE_PAGES,
          VmFlag.LOCKED, MemoryKind.LOCKED,
          VmFlag.GUARD_REGIONS, MemoryKind.GUARD_REGIONS,
          VmFlag.UFFD_MISSING, MemoryKind.USERFAULTFD,
          VmFlag.UFFD_WRITE_PROTECT, MemoryKind.USERFAULTFD,
          VmFlag.UFFD_MINOR, MemoryKind.USERFAULTFD);

  private final int pid;
  private final Set<FileKey> sameFiles;
  private final Map<FileKey, Integer> objectIndexes = new LinkedHashMap<>();
  private final List<SharedObject> objects = new ArrayList<>();
  private final List<Obstacle> obstacles = new ArrayList<>();

  MappingClassifier(int pid, Set<FileKey> sameFiles) {
    this.pid = pid;
    this.sameFiles = sameFiles;
  }

  List<Obstacle> obstacles() {
    return List.copyOf(obstacles);
  }

  List<SharedObject> sharedObjects() {
    return List.copyOf(objects);
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
    if (path.startsWith("anon_inode:") || path.startsWith("/[aio]") || path.startsWith("socket:")) {
      return refuse(entry, MemoryKind.OTHER, MemoryKind.OTHER.facts().why());
    }
    if (entry.inode() == 0) {
      return Optional.of(new MappingBacking.PrivateAnonymous());
    }
    return entry.shared() ? sharedMapping(entry) : privateFile(entry);
  }

  private Optional<MappingBacking> refuse(MemoryMapEntry entry, MemoryKind kind, String why) {
    obstacles.add(
        kind.at("mapping %#x-%#x %s".formatted(entry.start(), entry.end(), entry.path()), why));
    return Optional.empty();
  }

  private Optional<MappingBacking> privateFile(MemoryMapEntry entry) {
    if (sameFiles.contains(FileKey.of(entry))) {
      return Optional.of(new MappingBacking.SameFile(entry.path(), entry.fileOffset(), false));
    }
    return Optional.of(new MappingBacking.CarriedFile(entry.path()));
  }

  private Optional<MappingBacking> sharedMapping(MemoryMapEntry entry) {
    boolean mayWrite = entry.has(VmFlag.MAY_WRITE);
    if (sameFiles.contains(FileKey.of(entry))) {
      return Optional.of(new MappingBacking.SameFile(entry.path(), entry.fileOffset(), mayWrite));
    }
    FileStat file;
    try {
      file = FileStat.of(MapFiles.path(pid, entry));
    } catch (SystemCallException e) {
      return refuse(
          entry,
          MemoryKind.UNREADABLE_FILE,
          MemoryKind.UNREADABLE_FILE.facts().why() + ": " + e.getMessage());
    }
    boolean memoryOnly = isMemoryOnly(entry.path());
    if (!memoryOnly && file.size() > MAX_CARRIED_SHARED_FILE_BYTES) {
      return refuse(
          entry,
          MemoryKind.SHARED_FILE,
          "a shared file mapping of %d bytes is carried only where the destination has the same file"
              .formatted(file.size()));
    }
    if (!mayWrite) {
      return refuse(
          entry,
          MemoryKind.SHARED_FILE,
          "read-only shared memory is carried only where the destination has the same file");
    }
    return Optional.of(
        new MappingBacking.SharedMemory(objectIndex(entry, file.size()), entry.fileOffset()));
  }

  private static boolean isMemoryOnly(String path) {
    return path.startsWith("/dev/zero")
        || path.startsWith("/memfd:")
        || path.startsWith("/dev/shm/")
        || path.startsWith("[anon_shmem:");
  }

  private int objectIndex(MemoryMapEntry entry, long lengthBytes) {
    return objectIndexes.computeIfAbsent(
        FileKey.of(entry),
        key -> {
          String name = key.path().replace(" (deleted)", "");
          objects.add(new SharedObject(name.substring(name.lastIndexOf('/') + 1), lengthBytes));
          return objects.size() - 1;
        });
  }

  /** Returns the advice that the mapping was given. */
  static List<MappingAdvice> advice(MemoryMapEntry entry) {
    return ADVICE.entrySet().stream()
        .filter(known -> entry.has(known.getKey()))
        .map(Map.Entry::getValue)
        .sorted()
        .toList();
  }
}
