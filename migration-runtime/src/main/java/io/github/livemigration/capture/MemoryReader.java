package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.VmFlag;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Reads the mappings of the frozen target and finds out which of its pages have content that must
 * travel.
 */
final class MemoryReader {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  /**
   * A private file mapping with more written pages than this is carried whole, behind the running
   * process; fewer travel with the image, since userfaultfd does not serve file mappings.
   */
  private static final long MAX_EAGER_PAGES = 256;

  /** Shared memory up to this size travels with the image. */
  private static final long MAX_EAGER_SHARED_BYTES = 1 << 20;

  private static final int MAX_CONTENT_BYTES = 1 << 20;
  private static final String ANONYMOUS_NAME = "[anon:";

  private final ProcessMemory memory;
  private final MappingClassifier classifier;
  private final ResidentPages resident;
  private final List<MappingState> mappings = new ArrayList<>();
  private final List<AddressRange> toCome = new ArrayList<>();
  private final List<PageContents> eager = new ArrayList<>();

  MemoryReader(ProcessMemory memory, MappingClassifier classifier, ResidentPages resident) {
    this.memory = memory;
    this.classifier = classifier;
    this.resident = resident;
  }

  /**
   * Read the memory.
   *
   * @param entries all mappings, in address order
   * @param hotPages page addresses that the first instructions will touch
   */
  MemoryImage read(
      List<MemoryMapEntry> entries, AddressSpaceLayout layout, SortedSet<Long> hotPages) {
    for (MemoryMapEntry entry : entries) {
      classifier.classify(entry).ifPresent(backing -> readMapping(entry, backing));
    }
    List<AddressRange> merged = merged(toCome);
    eager.addAll(new WorkingSet(memory, PageMap.ofRanges(merged)).read(hotPages));
    return new MemoryImage(mappings, classifier.sharedObjects(), layout, merged, eager);
  }

  private void readMapping(MemoryMapEntry entry, MappingBacking backing) {
    AddressRange range = new AddressRange(entry.start(), entry.end() - entry.start());
    MappingBacking carried = backing;
    if (backing instanceof MappingBacking.PrivateAnonymous) {
      toCome.addAll(resident.anonymousWithin(range));
    } else if (backing instanceof MappingBacking.CarriedFile) {
      toCome.addAll(fileContent(entry, range));
    } else if (backing instanceof MappingBacking.SameFile && !entry.shared()) {
      List<AddressRange> written = resident.anonymousWithin(range);
      if (pageCount(written) > MAX_EAGER_PAGES) {
        carried = new MappingBacking.CarriedFile(entry.path());
        toCome.addAll(fileContent(entry, range));
      } else {
        written.forEach(this::readContents);
      }
    } else if (backing instanceof MappingBacking.SharedMemory) {
      readShared(entry, range);
    }
    mappings.add(
        new MappingState(
            range,
            protection(entry),
            entry.shared(),
            entry.has(VmFlag.GROWS_DOWN),
            entry.has(VmFlag.NO_SWAP_RESERVE),
            carried,
            MappingClassifier.advice(entry),
            anonymousName(entry)));
  }

  private static Optional<String> anonymousName(MemoryMapEntry entry) {
    return entry.path().startsWith(ANONYMOUS_NAME)
        ? Optional.of(entry.path().substring(ANONYMOUS_NAME.length(), entry.path().length() - 1))
        : Optional.empty();
  }

  /** Pages of the mapping up to the end of its file: those beyond cannot be read on either side. */
  private List<AddressRange> fileContent(MemoryMapEntry entry, AddressRange range) {
    long fileBytes = FileStat.of(MapFiles.path(memory.pid(), entry)).size() - entry.fileOffset();
    long wholePages = (fileBytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    long length = Math.min(range.lengthBytes(), wholePages);
    return length <= 0 ? List.of() : List.of(new AddressRange(range.startAddress(), length));
  }

  /**
   * The page table does not tell which pages of shared memory exist; holes of the object behind it
   * do.
   */
  private void readShared(MemoryMapEntry entry, AddressRange range) {
    List<AddressRange> content = new ArrayList<>();
    try (OwnedFd object = OwnedFd.open(MapFiles.path(memory.pid(), entry), OpenFlags.RDONLY)) {
      long end = Math.min(entry.fileOffset() + range.lengthBytes(), FileStat.of(object).size());
      long position = seek(object, OwnedFd.SEEK_DATA, entry.fileOffset());
      while (position >= 0 && position < end) {
        long hole = Math.min(seek(object, OwnedFd.SEEK_HOLE, position), end);
        long first = position & -PAGE_BYTES;
        long last = (hole + PAGE_BYTES - 1) & -PAGE_BYTES;
        content.add(
            new AddressRange(range.startAddress() + first - entry.fileOffset(), last - first));
        position = seek(object, OwnedFd.SEEK_DATA, hole);
      }
    }
    boolean writable = (protection(entry) & 2) != 0;
    if (writable && pageCount(content) * PAGE_BYTES <= MAX_EAGER_SHARED_BYTES) {
      content.forEach(this::readContents);
    } else {
      toCome.addAll(content);
    }
  }

  /** Returns where data or a hole begins, or -1 behind the last of them. */
  private static long seek(OwnedFd object, int whence, long offset) {
    try {
      return object.lseek(offset, whence);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENXIO) {
        return -1;
      }
      throw e;
    }
  }

  private static int protection(MemoryMapEntry entry) {
    return (entry.readable() ? 1 : 0) | (entry.writable() ? 2 : 0) | (entry.executable() ? 4 : 0);
  }

  private void readContents(AddressRange range) {
    long address = range.startAddress();
    while (address < range.endAddress()) {
      int length = (int) Math.min(MAX_CONTENT_BYTES, range.endAddress() - address);
      eager.add(new PageContents(address, memory.readBytes(address, length), false));
      address += length;
    }
  }

  private static long pageCount(List<AddressRange> ranges) {
    return ranges.stream().mapToLong(AddressRange::pageCount).sum();
  }

  private static List<AddressRange> merged(List<AddressRange> ranges) {
    List<AddressRange> merged = new ArrayList<>();
    for (AddressRange range : ranges) {
      AddressRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && last.endAddress() == range.startAddress()) {
        merged.set(
            merged.size() - 1,
            new AddressRange(last.startAddress(), last.lengthBytes() + range.lengthBytes()));
      } else {
        merged.add(range);
      }
    }
    return merged;
  }
}
