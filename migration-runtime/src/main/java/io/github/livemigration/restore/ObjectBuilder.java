package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.MemoryObject;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.UserNamespaces;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.pages.FreeRanges;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes memory objects in the blank process, each under a descriptor above all that the target
 * uses.
 *
 * <p>Shared anonymous memory has no descriptor of its own: it is mapped aside, and every mapping of
 * it is made by {@code mremap(2)} with an old length of 0, which maps the same memory once more.
 * Where it has huge pages, the kernel lets its mapping be opened as a file instead.
 */
final class ObjectBuilder {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_NOEXEC_SEAL = 8;
  private static final int MFD_EXEC = 0x10;
  private static final int F_SEAL_EXEC = 0x20;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED_ANONYMOUS = 0x21;
  private static final int MFD_HUGETLB = 4;
  private static final int MAP_HUGETLB = 0x40000;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;

  private final RemoteBatch batch;
  private final Descriptors descriptors;
  private final List<MemoryObject> objects;
  private final List<MappingState> mappings;
  private final int firstNumber;
  private final Map<Integer, AddressRange> aside = new HashMap<>();
  private final Map<Integer, Integer> readOnly = new HashMap<>();

  /**
   * Prepare to make them.
   *
   * @param mappings that show them
   * @param firstNumber of the descriptors, above all others
   */
  ObjectBuilder(
      RemoteBatch batch,
      Descriptors descriptors,
      List<MemoryObject> objects,
      List<MappingState> mappings,
      int firstNumber) {
    this.batch = batch;
    this.descriptors = descriptors;
    this.objects = objects;
    this.mappings = mappings;
    this.firstNumber = firstNumber;
  }

  /** Add the calls that make them. */
  void create(FreeRanges free) {
    long total = 0;
    for (MemoryObject object : objects) {
      total += object.kind() == MemoryObject.Kind.ANONYMOUS ? placeBytes(object) : 0;
    }
    long place = total == 0 ? 0 : free.take(total).startAddress();
    BitSet notReserved = notReserved();
    for (int index = 0; index < objects.size(); index++) {
      MemoryObject object = objects.get(index);
      if (object.kind() == MemoryObject.Kind.ANONYMOUS) {
        place = (place + object.pageBytes() - 1) & -object.pageBytes();
        AddressRange range = new AddressRange(place, object.range().lengthBytes());
        mapAside(index, range, notReserved.get(index));
        place = range.endAddress();
      } else {
        createFile(index, object);
      }
    }
  }

  /** As much as it takes wherever it begins. */
  private static long placeBytes(MemoryObject object) {
    return object.range().lengthBytes() + object.pageBytes() - AddressRange.PAGE_BYTES;
  }

  /** Returns the flags by which {@code mmap} makes huge pages of a size. */
  static int hugePages(int pageBytes) {
    return MAP_HUGETLB | sizeFlag(pageBytes);
  }

  /** Returns the bits by which {@code mmap} and {@code memfd_create} are told a size of pages. */
  private static int sizeFlag(int pageBytes) {
    return Integer.numberOfTrailingZeros(pageBytes) << 26;
  }

  private void createFile(int index, MemoryObject object) {
    int flags = MFD_CLOEXEC;
    if (object.seals() != MemoryObject.F_SEAL_SEAL) {
      flags |= MFD_ALLOW_SEALING;
    }
    flags |= (object.seals() & F_SEAL_EXEC) != 0 ? MFD_NOEXEC_SEAL : MFD_EXEC;
    if (object.hasHugePages()) {
      flags |= MFD_HUGETLB | sizeFlag(object.pageBytes());
    }
    String name = object.name();
    int number =
        descriptors.opened(
            batch.call(
                CallName.of("memfd_create(%s)", name),
                X8664.MEMFD_CREATE,
                batch.string(name),
                flags));
    batch.call(CallName.of("ftruncate(%s)", name), X8664.FTRUNCATE, number, object.lengthBytes());
    // An ordinary user owns what they make, and gives it to nobody.
    if (!UserNamespaces.areNeeded()) {
      batch.call(CallName.of("fchown(%s)", name), X8664.FCHOWN, number, object.uid(), object.gid());
    }
    batch.call(CallName.of("fchmod(%s)", name), X8664.FCHMOD, number, object.mode());
    park(index, number);
  }

  private void mapAside(int index, AddressRange place, boolean noReserve) {
    descriptors.expect(
        batch.call(
            CallName.of("mmap(shared anonymous, %d bytes)", place.lengthBytes()),
            X8664.MMAP,
            place.startAddress(),
            place.lengthBytes(),
            PROT_READ_WRITE,
            MAP_SHARED_ANONYMOUS
                | MAP_FIXED_NOREPLACE
                | (noReserve ? MAP_NORESERVE : 0)
                | (objects.get(index).hasHugePages()
                    ? hugePages(objects.get(index).pageBytes())
                    : 0),
            -1,
            0),
        place.startAddress());
    String link = "/proc/self/map_files/%x-%x".formatted(place.startAddress(), place.endAddress());
    park(index, descriptors.open(link, OpenFlags.RDWR));
    aside.put(index, place);
  }

  private BitSet notReserved() {
    BitSet indexes = new BitSet();
    for (MappingState mapping : mappings) {
      if (mapping.backing() instanceof MappingBacking.OfObject object
          && mapping.has(MappingTrait.NO_RESERVE)) {
        indexes.set(object.objectIndex());
      }
    }
    return indexes;
  }

  private void park(int index, int number) {
    descriptors.expect(
        batch.call(
            CallName.of("fcntl(F_DUPFD_CLOEXEC, %s)", number(index)),
            X8664.FCNTL,
            number,
            F_DUPFD_CLOEXEC,
            number(index)),
        number(index));
    descriptors.close(number);
  }

  /** Returns the descriptor of an object in the blank process. */
  int number(int index) {
    return firstNumber + index;
  }

  /**
   * Returns whether an object is mapped by mapping its place aside once more, which the kernel does
   * not do with huge pages.
   */
  boolean isMappedFromAside(int index) {
    MemoryObject object = objects.get(index);
    return object.kind() == MemoryObject.Kind.ANONYMOUS && !object.hasHugePages();
  }

  /** Returns where shared anonymous memory is mapped aside. */
  AddressRange aside(int index) {
    AddressRange place = aside.get(index);
    if (place == null) {
      throw new IllegalStateException("memory object " + index + " is not mapped aside");
    }
    return place;
  }

  /** Returns a descriptor to map an object by, so that what may become writable is as it was. */
  int numberFor(MappingBacking.OfObject object, boolean shared) {
    if (!shared || object.openForWriting()) {
      return number(object.objectIndex());
    }
    return readOnly.computeIfAbsent(
        object.objectIndex(), index -> descriptors.open(link(number(index)), OpenFlags.RDONLY));
  }

  /** Returns the name by which a process can open what its own descriptor leads to. */
  static String link(int number) {
    return "/proc/self/fd/" + number;
  }

  /** Give up what was needed for mapping only. */
  void finish() {
    for (AddressRange place : aside.values()) {
      batch.call(
          "munmap(shared anonymous)", X8664.MUNMAP, place.startAddress(), place.lengthBytes());
    }
    readOnly.values().forEach(descriptors::close);
  }
}
