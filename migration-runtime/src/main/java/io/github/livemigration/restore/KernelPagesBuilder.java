package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Empties the address space of the blank process down to the kernel's own pages, and puts those
 * where the target has them.
 */
final class KernelPagesBuilder {
  private static final int MREMAP_MAYMOVE_FIXED = 1 | 2;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;

  private final RemoteBatch batch;
  private final Descriptors descriptors;
  private final List<MappingState> mappings;
  private final SourceVdso vdso;
  private long ownVdsoAddress;

  /**
   * Prepare to build.
   *
   * @param mappings of the target
   * @param vdso of the source's kernel
   */
  KernelPagesBuilder(
      RemoteBatch batch, Descriptors descriptors, List<MappingState> mappings, SourceVdso vdso) {
    this.batch = batch;
    this.descriptors = descriptors;
    this.mappings = mappings;
    this.vdso = vdso;
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
    for (MappingState mapping : mappings) {
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
    for (MappingState mapping : mappings) {
      if (mapping.backing() instanceof MappingBacking.KernelPages pages) {
        boolean code = pages.name().equals(MappingBacking.KernelPages.VDSO);
        descriptors.expect(
            batch.call(
                CallName.of("mmap(in place of %s)", pages.name()),
                X8664.MMAP,
                mapping.range().startAddress(),
                mapping.range().lengthBytes(),
                code ? PROT_READ_EXECUTE : 0,
                MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE,
                -1,
                0),
            mapping.range().startAddress());
      }
    }
  }

  /** Write the way to this host's vdso, after the table has run. */
  void forwardVdso(ProcessMemory memory) {
    if (vdso.differs()) {
      AddressRange range = SourceVdso.range(mappings);
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
}
