package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryObject;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.pages.FreeRanges;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the blank process's address space into the target's, as one table of remote calls. */
final class MemoryBuilder {
  private static final int MREMAP_MAYMOVE_FIXED = 1 | 2;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_GROWSDOWN = 0x100;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final int MAP_DROPPABLE = 8;
  private static final int PROT_READ_WRITE = 3;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final int MADV_GUARD_INSTALL = 102;
  private static final int PR_SET_MM = 35;
  private static final int PR_SET_MM_MAP = 14;
  private static final int PR_SET_VMA = 0x53564d41;

  private final RemoteBatch batch;
  private final MemoryImage image;
  private final SourceVdso vdso;
  private final Descriptors descriptors;
  private final ObjectBuilder objects;
  private final LockBuilder locks;
  private long ownVdsoAddress;
  private Optional<RemoteCall> executable = Optional.empty();

  /**
   * Prepare to build.
   *
   * @param vdso of the source's kernel
   * @param firstObjectNumber first descriptor above all that the target uses
   */
  MemoryBuilder(RemoteBatch batch, MemoryImage image, SourceVdso vdso, int firstObjectNumber) {
    this.batch = batch;
    this.image = image;
    this.vdso = vdso;
    this.descriptors = new Descriptors(batch);
    this.objects = new ObjectBuilder(batch, descriptors, image, firstObjectNumber);
    this.locks = new LockBuilder(batch, descriptors);
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
    if (vdso.differs()) {
      ownVdsoAddress = waitingPlaces.getOrDefault(MappingBacking.KernelPages.VDSO, 0L);
      replaceKernelPages();
      return;
    }
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

  /** The pages of this host's kernel stay where they wait; at the old places lies a way to them. */
  private void replaceKernelPages() {
    for (MappingState mapping : image.mappings()) {
      if (mapping.backing() instanceof MappingBacking.KernelPages pages) {
        boolean code = pages.name().equals(MappingBacking.KernelPages.VDSO);
        descriptors.expect(
            batch.call(
                CallName.of("mmap(in place of %s)", pages.name()),
                X8664.MMAP,
                mapping.range().startAddress(),
                mapping.range().lengthBytes(),
                code ? PROT_READ_EXECUTE : 0,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
                -1,
                0),
            mapping.range().startAddress());
      }
    }
  }

  /** Write the way to this host's vdso, after the table has run. */
  void forwardVdso(ProcessMemory memory) {
    if (vdso.differs()) {
      AddressRange range = SourceVdso.range(image);
      if (range.lengthBytes() != vdso.known().length) {
        throw new IllegalArgumentException(
            "a vdso of %d bytes at %s".formatted(vdso.known().length, range));
      }
      memory.writeBytes(
          range.startAddress(), ForwardingVdso.code(vdso.known(), vdso.own(), ownVdsoAddress));
    }
  }

  private void move(String name, long from, long to, long lengthBytes) {
    descriptors.expect(
        batch.call(
            CallName.of("mremap(%s to %#x)", name, to),
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
      batch.call(CallName.of("munmap(%#x-%#x)", start, end), X8664.MUNMAP, start, end - start);
    }
  }

  /**
   * Make all mappings, give their advice and names, and tell the kernel the layout.
   *
   * @param free what the image does not use
   */
  void map(FreeRanges free) {
    objects.create(free);
    FileCursor cursor = new FileCursor();
    int guard = 0;
    for (MappingState mapping : image.mappings()) {
      if (!(mapping.backing() instanceof MappingBacking.KernelPages)) {
        map(mapping, cursor);
        guard = guard(mapping, guard);
        adorn(mapping);
      }
    }
    cursor.close();
    objects.finish();
    locks.lock(image);
    seal();
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

    int open(String wanted, boolean wantedForWriting) {
      if (!wanted.equals(path) || wantedForWriting != forWriting) {
        close();
        path = wanted;
        forWriting = wantedForWriting;
        descriptor = MemoryBuilder.this.open(path, forWriting);
      }
      return descriptor;
    }

    void close() {
      if (descriptor >= 0) {
        descriptors.close(descriptor);
        descriptor = -1;
      }
    }
  }

  private int open(String path, boolean forWriting) {
    int flags = (forWriting ? OpenFlags.RDWR : OpenFlags.RDONLY) | OpenFlags.CLOEXEC;
    return descriptors.opened(
        batch.call(CallName.of("open(%s)", path), X8664.OPEN, batch.string(path), flags, 0));
  }

  private void map(MappingState mapping, FileCursor cursor) {
    AddressRange range = mapping.range();
    if (mapping.backing() instanceof MappingBacking.OfObject object
        && image.objects().get(object.objectIndex()).kind() == MemoryObject.Kind.ANONYMOUS) {
      long from = objects.aside(object.objectIndex()).startAddress() + object.offsetBytes();
      descriptors.expect(
          batch.call(
              CallName.of("mremap(shared, %#x-%#x)", range.startAddress(), range.endAddress()),
              X8664.MREMAP,
              from,
              0,
              range.lengthBytes(),
              MREMAP_MAYMOVE_FIXED,
              range.startAddress()),
          range.startAddress());
      protect(mapping, PROT_READ_WRITE);
      return;
    }
    int descriptor = -1;
    long offset = 0;
    int flags = flags(mapping);
    if (mapping.backing() instanceof MappingBacking.SameFile file) {
      descriptor = cursor.open(file.path(), file.openForWriting());
      offset = file.offsetBytes();
    } else if (mapping.backing() instanceof MappingBacking.OfObject object) {
      descriptor = objects.numberFor(object, mapping.shared());
      offset = object.offsetBytes();
    } else if (mapping.backing() instanceof MappingBacking.ZeroDevice) {
      descriptor = cursor.open("/dev/zero", false);
    } else {
      flags |= MAP_ANONYMOUS;
    }
    // What has ever been writable counts as memory of the process for good.
    boolean wasWritable = mapping.has(MappingTrait.ACCOUNTED) && !mapping.shared();
    int protection = wasWritable ? PROT_READ_WRITE : mapping.protection();
    descriptors.expect(
        batch.call(
            CallName.of("mmap(%#x-%#x)", range.startAddress(), range.endAddress()),
            X8664.MMAP,
            range.startAddress(),
            range.lengthBytes(),
            protection,
            flags,
            descriptor,
            offset),
        range.startAddress());
    if (protection != mapping.protection()
        && mapping.backing() instanceof MappingBacking.PrivateAnonymous) {
      keepAccount(range.startAddress());
    }
    protect(mapping, protection);
  }

  /**
   * The kernel stops counting a mapping that becomes read-only if it has never had a page: so it
   * has one for a moment.
   */
  private void keepAccount(long page) {
    for (int advice : new int[] {MADV_POPULATE_WRITE, MADV_DONTNEED}) {
      batch.call(
          CallName.of("madvise(%#x, %d)", page, advice),
          X8664.MADVISE,
          page,
          AddressRange.PAGE_BYTES,
          advice);
    }
  }

  private static int flags(MappingState mapping) {
    int kind = mapping.shared() ? MAP_SHARED : MAP_PRIVATE;
    return MAP_FIXED_NOREPLACE
        | (mapping.has(MappingTrait.DROPPABLE) ? MAP_DROPPABLE : kind)
        | (mapping.has(MappingTrait.GROWS_DOWN) ? MAP_GROWSDOWN : 0)
        | (mapping.has(MappingTrait.NO_RESERVE) ? MAP_NORESERVE : 0);
  }

  private void protect(MappingState mapping, int present) {
    AddressRange range = mapping.range();
    if (mapping.protection() != present) {
      batch.call(
          CallName.of("mprotect(%#x-%#x)", range.startAddress(), range.endAddress()),
          X8664.MPROTECT,
          range.startAddress(),
          range.lengthBytes(),
          mapping.protection());
    }
  }

  /** Install the guard regions of a mapping; returns the index of the first that lies behind it. */
  private int guard(MappingState mapping, int first) {
    int next = first;
    while (next < image.guards().size()
        && image.guards().get(next).startAddress() < mapping.range().endAddress()) {
      AddressRange guard = image.guards().get(next);
      batch.call(
          CallName.of(
              "madvise(%#x-%#x, MADV_GUARD_INSTALL)", guard.startAddress(), guard.endAddress()),
          X8664.MADVISE,
          guard.startAddress(),
          guard.lengthBytes(),
          MADV_GUARD_INSTALL);
      next++;
    }
    return next;
  }

  private void seal() {
    for (MappingState mapping : image.mappings()) {
      if (mapping.has(MappingTrait.SEALED)) {
        AddressRange range = mapping.range();
        batch.call(
            CallName.of("mseal(%#x-%#x)", range.startAddress(), range.endAddress()),
            X8664.MSEAL,
            range.startAddress(),
            range.lengthBytes(),
            0);
      }
    }
  }

  private void adorn(MappingState mapping) {
    AddressRange range = mapping.range();
    for (MappingAdvice advice : mapping.advice()) {
      batch.call(
          CallName.of("madvise(%#x, %s)", range.startAddress(), advice),
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
                    CallName.of("prctl(PR_SET_VMA_ANON_NAME, %s)", name),
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
    if (hasExecutable()) {
      String path = layout.executable().orElseThrow();
      int descriptor = open(path, false);
      byte[] withExecutable = layoutBytes(layout, auxiliaryVector, descriptor);
      executable =
          Optional.of(
              batch.tryCall(
                  CallName.of("prctl(PR_SET_MM_MAP, %s)", path),
                  X8664.PRCTL,
                  PR_SET_MM,
                  PR_SET_MM_MAP,
                  batch.bytes(withExecutable),
                  withExecutable.length,
                  0));
      descriptors.close(descriptor);
    }
  }

  /** Whether this host has the program: its code is mapped from the same file then. */
  private boolean hasExecutable() {
    return image.layout().executable().isPresent()
        && image.mappings().stream()
            .anyMatch(
                mapping ->
                    mapping.backing() instanceof MappingBacking.SameFile file
                        && file.path().equals(image.layout().executable().get()));
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

  /** Returns the descriptor of an object in the blank process. */
  int objectNumber(int index) {
    return objects.number(index);
  }

  /** Check that every call answered what the calls after it relied on. */
  void verify() {
    descriptors.verify();
    locks.verify();
  }

  /** Returns why the link to the executable could not be set, for people. */
  Optional<String> warning() {
    if (executable.isEmpty()) {
      return Optional.of(
          "/proc/PID/exe does not show the program: this host lacks it, or it was deleted");
    }
    return executable
        .filter(RemoteCall::failed)
        .map(
            call ->
                "/proc/PID/exe does not show the program: %s: %s"
                    .formatted(call.name(), Errno.describe(call.errno())));
  }
}
