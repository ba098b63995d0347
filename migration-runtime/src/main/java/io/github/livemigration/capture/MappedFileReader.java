package io.github.livemigration.capture;

import io.github.livemigration.image.MappedFile;
import io.github.livemigration.linux.ContentHash;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.SystemCallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Describes the files that the target maps, so that the destination can tell whether it has the
 * same.
 *
 * <p>Runs while the target runs. Files that were deleted or replaced since they were mapped are
 * left out: the destination cannot have them.
 */
public final class MappedFileReader {
  private final int pid;
  private final Map<FileKey, MappedFile> files = new LinkedHashMap<>();

  /** Look at the files behind the mappings of a process. */
  public MappedFileReader(int pid, List<MemoryMapEntry> entries) {
    this.pid = pid;
    for (MemoryMapEntry entry : entries) {
      if (entry.inode() != 0 && entry.path().startsWith("/")) {
        FileKey key = FileKey.of(entry);
        if (!files.containsKey(key)) {
          describe(entry).ifPresent(file -> files.put(key, file));
        }
      }
    }
  }

  private Optional<MappedFile> describe(MemoryMapEntry entry) {
    try {
      FileStat mapped = FileStat.of(MapFiles.path(pid, entry));
      FileStat found = FileStat.of(TargetPaths.of(pid).reach(entry.path()));
      if (mapped.dev() != found.dev() || mapped.ino() != found.ino()) {
        return Optional.empty();
      }
      return Optional.of(
          new MappedFile(
              entry.path(),
              mapped.dev(),
              mapped.ino(),
              mapped.size(),
              mapped.mtimeNanos(),
              mapped.ctimeNanos(),
              new byte[0]));
    } catch (SystemCallException e) {
      return Optional.empty(); // No file under this name, or unmapped since the map was read.
    }
  }

  /** Returns the descriptions, in the order in which answers are expected. */
  public List<MappedFile> files() {
    return List.copyOf(files.values());
  }

  /**
   * Returns the descriptions with content hashes for those asked for.
   *
   * @param indexes positions in {@link #files}
   */
  public List<MappedFile> withHashes(Set<Integer> indexes) throws IOException {
    List<MappedFile> hashed = new ArrayList<>();
    for (MappedFile file : files.values()) {
      if (indexes.contains(hashed.size())) {
        byte[] hash = ContentHash.sha256(TargetPaths.of(pid).reach(file.path()));
        hashed.add(
            new MappedFile(
                file.path(),
                file.device(),
                file.inode(),
                file.lengthBytes(),
                file.modifiedNanos(),
                file.changedNanos(),
                hash));
      } else {
        hashed.add(file);
      }
    }
    return hashed;
  }

  /**
   * Returns the keys of the files that the destination has.
   *
   * @param indexes positions in {@link #files}
   */
  public Set<FileKey> keysOf(Set<Integer> indexes) {
    List<FileKey> keys = List.copyOf(files.keySet());
    return indexes.stream()
        .filter(index -> index >= 0 && index < keys.size())
        .map(keys::get)
        .collect(Collectors.toUnmodifiableSet());
  }
}
