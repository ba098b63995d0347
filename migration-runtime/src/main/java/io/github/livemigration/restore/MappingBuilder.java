package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.util.List;

/** Makes mappings by a table of remote calls. */
final class MappingBuilder {
  private static final int MREMAP_MAYMOVE_FIXED = 1 | 2;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_GROWSDOWN = 0x100;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final int MAP_DROPPABLE = 8;
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final int MADV_GUARD_INSTALL = 102;
  private static final int PR_SET_VMA = 0x53564d41;

  /** Pieces of a mapping that become one. */
  private static final long PIECE_BYTES = 1L << 30;

  private final RemoteBatch batch;
  private final Descriptors descriptors;
  private final ObjectBuilder objects;

  /**
   * Prepare to build.
   *
   * @param objects that mappings may show
   */
  MappingBuilder(RemoteBatch batch, Descriptors descriptors, ObjectBuilder objects) {
    this.batch = batch;
    this.descriptors = descriptors;
    this.objects = objects;
  }

  /** Make mappings, and give them their advice and names. The kernel's pages are there already. */
  void map(List<MappingState> mappings) {
    FileCursor cursor = new FileCursor();
    for (MappingState mapping : mappings) {
      if (!(mapping.backing() instanceof MappingBacking.KernelPages)) {
        map(mapping, cursor);
        adorn(mapping);
      }
    }
    cursor.close();
  }

  /** Unmap what was made for a plan that does not hold any more. */
  void unmap(List<MappingState> mappings) {
    for (MappingState mapping : mappings) {
      AddressRange range = mapping.range();
      if (mapping.backing() instanceof MappingBacking.KernelPages pages) {
        throw new IllegalArgumentException(pages.name() + " has moved since it was planned");
      }
      batch.call(
          CallName.of("munmap(%#x-%#x)", range.startAddress(), range.endAddress()),
          X8664.MUNMAP,
          range.startAddress(),
          range.lengthBytes());
    }
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
        descriptor = descriptors.open(path, forWriting ? OpenFlags.RDWR : OpenFlags.RDONLY);
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

  private void map(MappingState mapping, FileCursor cursor) {
    AddressRange range = mapping.range();
    if (mapping.backing() instanceof MappingBacking.OfObject object
        && objects.isMappedFromAside(object.objectIndex())) {
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
    } else if (mapping.backing() instanceof MappingBacking.HugePages pages) {
      flags |= MAP_ANONYMOUS | ObjectBuilder.hugePages(pages.pageBytes());
    } else {
      flags |= MAP_ANONYMOUS;
    }
    // What has ever been writable counts as memory of the process for good.
    boolean wasWritable = mapping.has(MappingTrait.ACCOUNTED) && !mapping.shared();
    int usual = mapping.isExecuteOnly() ? PROT_NONE : mapping.protection();
    int protection = wasWritable ? PROT_READ_WRITE : usual;
    // The kernel refuses at a glance what is more than there is of memory, though not if it grows.
    boolean mayHaveGrown =
        wasWritable && mapping.backing() instanceof MappingBacking.PrivateAnonymous;
    long most = mayHaveGrown ? PIECE_BYTES : range.lengthBytes();
    for (long start = range.startAddress(); start < range.endAddress(); start += most) {
      long length = Math.min(most, range.endAddress() - start);
      descriptors.expect(
          batch.call(
              CallName.of("mmap(%#x-%#x)", start, start + length),
              X8664.MMAP,
              start,
              length,
              protection,
              flags,
              descriptor,
              offset),
          start);
    }
    if (wasWritable
        && protection != mapping.protection()
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

  /** What may only be executed gets its protection with its key. */
  private void protect(MappingState mapping, int present) {
    AddressRange range = mapping.range();
    if (mapping.protection() != present && !mapping.isExecuteOnly()) {
      batch.call(
          CallName.of("mprotect(%#x-%#x)", range.startAddress(), range.endAddress()),
          X8664.MPROTECT,
          range.startAddress(),
          range.lengthBytes(),
          mapping.protection());
    }
  }

  /** Install guard regions, once all mappings are made. */
  static void guard(RemoteBatch batch, List<AddressRange> guards) {
    for (AddressRange guard : guards) {
      batch.call(
          CallName.of(
              "madvise(%#x-%#x, MADV_GUARD_INSTALL)", guard.startAddress(), guard.endAddress()),
          X8664.MADVISE,
          guard.startAddress(),
          guard.lengthBytes(),
          MADV_GUARD_INSTALL);
    }
  }

  /** Seal what was sealed, after everything else. */
  void seal(List<MappingState> mappings) {
    for (MappingState mapping : mappings) {
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
}
