package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MemoryObject;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileSeals;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.pages.Ranges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A memory object of the target, and what the target does with it. */
final class SourceObject implements AutoCloseable {
  private static final String MEMORY_FILE = "/memfd:";
  private static final String DELETED = " (deleted)";
  private static final int PERMISSIONS = 07777;

  private final int index;
  private final String path;
  private final String link;
  private final FileStat stat;
  private final int pageBytes;
  private final TreeMap<Long, Long> windows = new TreeMap<>();
  private boolean held;
  private boolean mappedShared;
  private boolean mappedPrivate;
  private boolean unservable;
  private @Nullable OwnedFd file;

  /**
   * Note an object.
   *
   * @param path by which it can be opened
   * @param link what the kernel calls it
   * @param pageBytes size of its pages
   */
  SourceObject(int index, String path, String link, FileStat stat, int pageBytes) {
    this.index = index;
    this.path = path;
    this.link = link;
    this.stat = stat;
    this.pageBytes = pageBytes;
  }

  int index() {
    return index;
  }

  /** What the kernel calls it. */
  String link() {
    return link;
  }

  FileStat stat() {
    return stat;
  }

  /** Returns whether the process, or somebody else for it, can change it. */
  boolean isWrittenThrough() {
    return held || mappedShared;
  }

  /** Note that a descriptor leads to it. */
  void hold() {
    held = true;
  }

  /**
   * Note that a mapping shows a part of it.
   *
   * @param mayWrite whether the mapping may be made writable
   */
  void map(long offset, long lengthBytes, boolean shared, boolean mayWrite) {
    windows.merge(offset, offset + lengthBytes, Math::max);
    mappedShared |= shared;
    mappedPrivate |= !shared;
    unservable |= shared && !mayWrite;
  }

  /**
   * Returns whether its content may come when a mapping of it is touched: nothing reaches it but
   * mappings that userfaultfd can watch, and no two of them want to see it in different ways.
   */
  boolean isServable() {
    return !hasHugePages() && !held && !unservable && !(mappedShared && mappedPrivate);
  }

  boolean hasHugePages() {
    return pageBytes != AddressRange.PAGE_BYTES;
  }

  int pageBytes() {
    return pageBytes;
  }

  /** Returns whether only private mappings show it, which get copies of their own. */
  boolean isPrivate() {
    return !hasHugePages() && mappedPrivate && !mappedShared && !held;
  }

  /** Returns the file, opened. */
  OwnedFd file() {
    OwnedFd open = file;
    if (open == null) {
      open = OwnedFd.open(path, OpenFlags.RDONLY);
      file = open;
    }
    return open;
  }

  long lengthBytes() {
    return stat.size();
  }

  /**
   * Returns the parts of the object that have content, as ranges of whole pages from an address on;
   * hugetlbfs knows no holes.
   */
  List<AddressRange> content(long address) {
    List<AddressRange> content = new ArrayList<>();
    long size = stat.size();
    long position = seek(OwnedFd.SEEK_DATA, 0);
    while (position >= 0 && position < size) {
      long hole = Math.min(seek(OwnedFd.SEEK_HOLE, position), size);
      long first = position & -AddressRange.PAGE_BYTES;
      long last = (hole + AddressRange.PAGE_BYTES - 1) & -AddressRange.PAGE_BYTES;
      content.add(new AddressRange(address + first, last - first));
      position = hole >= size ? -1 : seek(OwnedFd.SEEK_DATA, hole);
    }
    return content;
  }

  /** Returns those parts of it that can be reached, as ranges from an address on. */
  List<AddressRange> reachable(long address) {
    if (held) {
      return List.of(image(address).range());
    }
    return mapped(address);
  }

  /** Returns those parts of it that are mapped, as ranges from an address on. */
  List<AddressRange> mapped(long address) {
    List<AddressRange> mapped = new ArrayList<>();
    windows.forEach((start, end) -> mapped.add(new AddressRange(address + start, end - start)));
    return Ranges.merged(mapped);
  }

  /** Returns where data or a hole begins, or -1 behind the last of them. */
  private long seek(int whence, long offset) {
    try {
      return file().lseek(offset, whence);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENXIO) {
        return -1;
      }
      throw e;
    }
  }

  MemoryObject image(long address) {
    return new MemoryObject(
        isAnonymous() ? MemoryObject.Kind.ANONYMOUS : MemoryObject.Kind.FILE,
        name(),
        address,
        stat.size(),
        stat.mode() & PERMISSIONS,
        stat.uid(),
        stat.gid(),
        isPrivate() || isAnonymous() ? MemoryObject.F_SEAL_SEAL : seals(),
        pageBytes);
  }

  private boolean isAnonymous() {
    boolean ofMapping =
        link.equals("/dev/zero" + DELETED)
            || link.startsWith("[anon_shmem:")
            || link.equals(MappingClassifier.ANONYMOUS_HUGE_PAGES);
    return ofMapping && !held;
  }

  private int seals() {
    try {
      return FileSeals.get(file());
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EINVAL) {
        return MemoryObject.F_SEAL_SEAL;
      }
      throw e;
    }
  }

  private String name() {
    String name =
        link.endsWith(DELETED) ? link.substring(0, link.length() - DELETED.length()) : link;
    name =
        name.startsWith(MEMORY_FILE)
            ? name.substring(MEMORY_FILE.length())
            : name.substring(name.lastIndexOf('/') + 1);
    while (name.getBytes(StandardCharsets.UTF_8).length > MemoryObject.NAME_BYTES) {
      name = name.substring(0, name.length() - 1);
    }
    return name;
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
