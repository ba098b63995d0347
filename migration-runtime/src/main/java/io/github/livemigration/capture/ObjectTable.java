package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MemoryObject;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.pages.FreeRanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory objects that a process maps or holds open, each once, whatever leads to it.
 *
 * <p>Each has a range of addresses that the process does not use, by which its content is named.
 * One thread fills the table; then any may read.
 */
final class ObjectTable implements AutoCloseable {
  /** Between two objects, so that no run of pages belongs to both. */
  private static final long GAP_BYTES = AddressRange.PAGE_BYTES;

  private final Map<Key, SourceObject> objects = new LinkedHashMap<>();
  private List<MemoryObject> placed = List.of();
  private List<SourceObject> ordered = List.of();

  private record Key(long device, long inode) {}

  /**
   * Returns the object behind a file.
   *
   * @param path by which it can be opened, for as long as the process is frozen
   * @param link what the kernel calls it
   * @param pageBytes size of its pages
   */
  SourceObject of(String path, String link, FileStat stat, int pageBytes) {
    return objects.computeIfAbsent(
        new Key(stat.dev(), stat.ino()),
        key -> new SourceObject(objects.size(), path, link, stat, pageBytes));
  }

  /** Returns all objects so far. */
  List<SourceObject> all() {
    return List.copyOf(objects.values());
  }

  /** Give every object a place between the mappings of the process. */
  void place(List<MemoryMapEntry> entries) {
    if (objects.isEmpty()) {
      return;
    }
    ordered = List.copyOf(objects.values());
    long total = 0;
    for (SourceObject object : ordered) {
      total += object.image(0).range().lengthBytes() + GAP_BYTES;
    }
    List<AddressRange> taken = new ArrayList<>();
    for (MemoryMapEntry entry : entries) {
      if (entry.end() > 0 && entry.end() <= AddressRange.USER_SPACE_END) {
        taken.add(new AddressRange(entry.start(), entry.length()));
      }
    }
    long address = new FreeRanges(taken).take(total).startAddress();
    List<MemoryObject> images = new ArrayList<>();
    for (SourceObject object : ordered) {
      MemoryObject image = object.image(address);
      images.add(image);
      address = image.range().endAddress() + GAP_BYTES;
    }
    placed = images;
  }

  /** Returns the objects with their places, by index. */
  List<MemoryObject> images() {
    return placed;
  }

  /** Returns the objects, by index. */
  List<SourceObject> objects() {
    return ordered;
  }

  /**
   * Read pages of an object by its place.
   *
   * @return whether there is an object at that address
   */
  boolean read(long address, int pageCount, NativeBuffer into) {
    int index = indexOf(address);
    if (index < 0) {
      return false;
    }
    long offset = address - placed.get(index).address();
    int length = pageCount * AddressRange.PAGE_BYTES;
    int done = 0;
    while (done < length) {
      long count =
          ordered.get(index).file().pread(into.address() + done, length - done, offset + done);
      if (count == 0) {
        into.clear(done, length - done); // The rest of the last page.
        break;
      }
      done += (int) count;
    }
    return true;
  }

  private int indexOf(long address) {
    int low = 0;
    int high = placed.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      AddressRange range = placed.get(middle).range();
      if (address < range.startAddress()) {
        high = middle - 1;
      } else if (address >= range.endAddress()) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    objects.values().forEach(SourceObject::close);
  }
}
