package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.SharedObject;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the blank process's address space into the target's, as one table of remote calls. */
final class MemoryBuilder {
  private static final int MREMAP_MAYMOVE_FIXED = 1 | 2;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_GROWSDOWN = 0x100;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final int MFD_CLOEXEC = 1;
  private static final int PR_SET_MM = 35;
  private static final int PR_SET_MM_MAP = 14;
  private static final int PR_SET_VMA = 0x53564d41;
  private static final int FIRST_FREE_DESCRIPTOR = 3;

  private final RemoteBatch batch;
  private final MemoryImage image;
  private final Map<RemoteCall, Long> expected = new HashMap<>();
  private int nextDescriptor = FIRST_FREE_DESCRIPTOR;

  MemoryBuilder(RemoteBatch batch, MemoryImage image) {
    this.batch = batch;
    this.image = image;
  }

  /**
   * Move the kernel's pages to their places and unmap all else.
   *
   * @param blank mappings of the blank process
   * @param waiting where the kernel's pages wait meanwhile
   * @param area the remote area, which stays
   */
  void emptyAddressSpace(List<MemoryMapEntry> blank, AddressRange waiting, AddressRange area) {
    long place = waiting.startAddress();
    Map<String, Long> waitingPlaces = new HashMap<>();
    for (MemoryMapEntry entry : blank) {
      if (MappingBacking.KernelPages.MOVABLE.contains(entry.path())) {
        move(entry.path(), entry.start(), place, entry.length());
        waitingPlaces.put(entry.path(), place);
        place += entry.length();
      }
    }
    unmapAllBut(waiting, area);
    for (MappingState mapping : image.mappings()) {
      if (mapping.backing() instanceof MappingBacking.KernelPages pages) {
        Long from = waitingPlaces.remove(pages.name());
        if (from == null) {
          throw new IllegalArgumentException("this host's kernel has no " + pages.name());
        }
        move(pages.name(), from, mapping.range().startAddress(), mapping.range().lengthBytes());
      }
    }
    for (Map.Entry<String, Long> unused : waitingPlaces.entrySet()) {
      throw new IllegalArgumentException("the source's kernel has no " + unused.getKey());
    }
  }

  private void move(String name, long from, long to, long lengthBytes) {
    expect(
        batch.call(
            "mremap(%s to %#x)".formatted(name, to),
            X8664.MREMAP,
            from,
            lengthBytes,
            lengthBytes,
            MREMAP_MAYMOVE_FIXED,
            to),
        to);
  }

  private void unmapAllBut(AddressRange... kept) {
    List<AddressRange> ordered = new ArrayList<>(List.of(kept));
    ordered.sort(Comparator.comparingLong(AddressRange::startAddress));
    long start = 0;
    for (AddressRange range : ordered) {
      unmap(start, range.startAddress());
      start = range.endAddress();
    }
    unmap(start, AddressRange.USER_SPACE_END);
  }

  private void unmap(long start, long end) {
    if (end > start) {
      batch.call("munmap(%#x-%#x)".formatted(start, end), X8664.MUNMAP, start, end - start);
    }
  }

  /** Make all mappings, give their advice and names, and tell the kernel the layout. */
  void map() {
    List<Integer> objects = new ArrayList<>();
    for (SharedObject object : image.sharedObjects()) {
      objects.add(create(object));
    }
    FileCursor cursor = new FileCursor();
    for (MappingState mapping : image.mappings()) {
      if (!(mapping.backing() instanceof MappingBacking.KernelPages)) {
        map(mapping, objects, cursor);
        adorn(mapping);
      }
    }
    cursor.close();
    objects.forEach(this::close);
    setLayout(image.layout());
  }

  /**
   * The file that the last mapping showed stays open for the next, as neighbours mostly show the
   * same.
   */
  private final class FileCursor {
    private String path = "";
    private boolean forWriting;
    private int descriptor = -1;

    int open(MappingBacking.SameFile file) {
      if (!file.path().equals(path) || file.openForWriting() != forWriting) {
        close();
        path = file.path();
        forWriting = file.openForWriting();
        descriptor = MemoryBuilder.this.open(path, forWriting);
      }
      return descriptor;
    }

    void close() {
      if (descriptor >= 0) {
        MemoryBuilder.this.close(descriptor);
        descriptor = -1;
      }
    }
  }

  private int create(SharedObject object) {
    int descriptor = nextDescriptor++;
    expect(
        batch.call(
            "memfd_create(" + object.name() + ")",
            X8664.MEMFD_CREATE,
            batch.string(object.name()),
            MFD_CLOEXEC),
        descriptor);
    batch.call(
        "ftruncate(" + object.name() + ")", X8664.FTRUNCATE, descriptor, object.lengthBytes());
    return descriptor;
  }

  private int open(String path, boolean forWriting) {
    int descriptor = nextDescriptor++;
    int flags = (forWriting ? OpenFlags.RDWR : OpenFlags.RDONLY) | OpenFlags.CLOEXEC;
    expect(batch.call("open(" + path + ")", X8664.OPEN, batch.string(path), flags, 0), descriptor);
    return descriptor;
  }

  /**
   * The kernel gives out the lowest free number, so the last one opened is the first one closed.
   */
  private void close(int descriptor) {
    batch.call("close(" + descriptor + ")", X8664.CLOSE, descriptor);
    nextDescriptor = Math.min(nextDescriptor, descriptor);
  }

  private void map(MappingState mapping, List<Integer> objects, FileCursor cursor) {
    int flags =
        MAP_FIXED_NOREPLACE
            | (mapping.shared() ? MAP_SHARED : MAP_PRIVATE)
            | (mapping.growsDown() ? MAP_GROWSDOWN : 0)
            | (mapping.noReserve() ? MAP_NORESERVE : 0);
    int descriptor = -1;
    long offset = 0;
    if (mapping.backing() instanceof MappingBacking.SameFile file) {
      descriptor = cursor.open(file);
      offset = file.offsetBytes();
    } else if (mapping.backing() instanceof MappingBacking.SharedMemory shared) {
      descriptor = objects.get(shared.objectIndex());
      offset = shared.offsetBytes();
    } else {
      flags |= MAP_ANONYMOUS;
    }
    AddressRange range = mapping.range();
    expect(
        batch.call(
            "mmap(%#x-%#x)".formatted(range.startAddress(), range.endAddress()),
            X8664.MMAP,
            range.startAddress(),
            range.lengthBytes(),
            mapping.protection(),
            flags,
            descriptor,
            offset),
        range.startAddress());
  }

  private void adorn(MappingState mapping) {
    AddressRange range = mapping.range();
    for (MappingAdvice advice : mapping.advice()) {
      batch.call(
          "madvise(%#x, %s)".formatted(range.startAddress(), advice),
          X8664.MADVISE,
          range.startAddress(),
          range.lengthBytes(),
          advice.value());
    }
    mapping
        .anonymousName()
        .ifPresent(
            name ->
                batch.call(
                    "prctl(PR_SET_VMA_ANON_NAME, " + name + ")",
                    X8664.PRCTL,
                    PR_SET_VMA,
                    0,
                    range.startAddress(),
                    range.lengthBytes(),
                    batch.string(name)));
  }

  /**
   * The link to the executable is set by a second call that may fail: the kernel wants more
   * privilege for it, see PR_SET_MM(2const).
   */
  private void setLayout(AddressSpaceLayout layout) {
    long auxiliaryVector = batch.bytes(layout.auxiliaryVector());
    byte[] withoutExecutable = layoutBytes(layout, auxiliaryVector, -1);
    batch.call(
        "prctl(PR_SET_MM_MAP)",
        X8664.PRCTL,
        PR_SET_MM,
        PR_SET_MM_MAP,
        batch.bytes(withoutExecutable),
        withoutExecutable.length,
        0);
    if (layout.executable().isPresent()) {
      int descriptor = open(layout.executable().get(), false);
      byte[] withExecutable = layoutBytes(layout, auxiliaryVector, descriptor);
      batch.tryCall(
          "prctl(PR_SET_MM_MAP, " + layout.executable().get() + ")",
          X8664.PRCTL,
          PR_SET_MM,
          PR_SET_MM_MAP,
          batch.bytes(withExecutable),
          withExecutable.length,
          0);
      close(descriptor);
    }
  }

  /**
   * {@code struct prctl_mm_map}: eleven addresses, the auxiliary vector with its length, the
   * executable.
   */
  private static byte[] layoutBytes(
      AddressSpaceLayout layout, long auxiliaryVector, int executable) {
    ByteBuffer bytes = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(layout.startCode()).putLong(layout.endCode());
    bytes.putLong(layout.startData()).putLong(layout.endData());
    bytes.putLong(layout.startBreak()).putLong(layout.programBreak()).putLong(layout.startStack());
    bytes.putLong(layout.argumentStart()).putLong(layout.argumentEnd());
    bytes.putLong(layout.environmentStart()).putLong(layout.environmentEnd());
    bytes.putLong(auxiliaryVector).putInt(layout.auxiliaryVector().length).putInt(executable);
    return bytes.array();
  }

  private void expect(RemoteCall call, long result) {
    expected.put(call, result);
  }

  /** Check that every call answered what the calls after it relied on. */
  void verify() {
    expected.forEach(
        (call, result) -> {
          if (call.result() != result) {
            throw new IllegalStateException(
                "%s answered %#x instead of %#x".formatted(call.name(), call.result(), result));
          }
        });
  }
}
