package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProtectionKeys;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the mappings of the frozen target, but not what is in them. */
final class MemoryReader {
  /**
   * A private file mapping with more written pages than this that were not planned is carried
   * whole, behind the running process, since userfaultfd does not serve file mappings.
   */
  private static final long MAX_WRITTEN_PAGES = 256;

  private static final String ANONYMOUS_NAME = "[anon:";
  private static final String SHARED_ANONYMOUS_NAME = "[anon_shmem:";

  private final ProcessMemory memory;
  private final MappingClassifier classifier;
  private final ObjectTable objects;
  private final SourcePlan plan;
  private final List<CarriedMapping> carried = new ArrayList<>();

  MemoryReader(
      ProcessMemory memory, MappingClassifier classifier, ObjectTable objects, SourcePlan plan) {
    this.memory = memory;
    this.classifier = classifier;
    this.objects = objects;
    this.plan = plan;
  }

  /**
   * Find out what stands behind the mappings.
   *
   * @param entries all of them, in address order
   * @param resident pages of the process
   */
  void classify(List<MemoryMapEntry> entries, ResidentPages resident) {
    for (MemoryMapEntry entry : entries) {
      add(entry, resident);
    }
    objects.place(entries);
  }

  /**
   * Returns the memory, once it is classified.
   *
   * @param allocatedKeys protection keys that the program has allocated, one bit each
   * @param futureLock whether new mappings are locked
   * @param rseqPages addresses of the pages with rseq areas
   */
  MemoryImage image(
      AddressSpaceLayout layout,
      int allocatedKeys,
      MemoryLock futureLock,
      Iterable<Long> rseqPages) {
    return new MemoryImage(
        carried.stream().map(CarriedMapping::state).toList(),
        objects.images(),
        layout,
        new ProtectionKeys(allocatedKeys, executeOnlyKey(allocatedKeys)),
        futureLock,
        privateContents(rseqPages));
  }

  /** The kernel's own key is none that the program may give to a mapping. */
  private int executeOnlyKey(int allocatedKeys) {
    return carried.stream()
        .map(CarriedMapping::state)
        .filter(MappingState::isExecuteOnly)
        .mapToInt(MappingState::protectionKey)
        .filter(key -> key != 0 && (allocatedKeys >> key & 1) == 0)
        .findFirst()
        .orElse(0);
  }

  /** Returns all mappings, in address order. */
  List<CarriedMapping> carried() {
    return carried;
  }

  /** Returns which mappings of the plan hold, by their positions in it. */
  List<Integer> keptMappings() {
    return carried.stream().flatMap(mapping -> mapping.planned().stream()).toList();
  }

  private List<PageContents> privateContents(Iterable<Long> addresses) {
    List<AddressRange> ofTheProcess =
        carried.stream()
            .map(CarriedMapping::state)
            .filter(mapping -> !mapping.shared())
            .map(MappingState::range)
            .toList();
    List<PageContents> contents = new ArrayList<>();
    for (long address : addresses) {
      AddressRange page = new AddressRange(address, AddressRange.PAGE_BYTES);
      if (!Ranges.within(ofTheProcess, page).isEmpty()) {
        byte[] bytes = memory.readBytes(address, AddressRange.PAGE_BYTES);
        contents.add(new PageContents(address, bytes, true));
      }
    }
    return contents;
  }

  private void add(MemoryMapEntry entry, ResidentPages resident) {
    Optional<Integer> planned = plan.indexOf(entry);
    if (planned.isPresent()) {
      MappingState state = plan.plan().mappings().get(planned.get());
      if (holds(state, resident)) {
        carried.add(new CarriedMapping(state, planned));
        return;
      }
    }
    classifier.classify(entry).ifPresent(backing -> classified(entry, backing, resident));
  }

  /**
   * A page of a file's mapping that was written then and is the file's own now cannot be taken
   * back.
   */
  private boolean holds(MappingState state, ResidentPages resident) {
    if (state.servable() || state.shared()) {
      return true;
    }
    List<AddressRange> written = resident.writtenWithin(state.range());
    List<AddressRange> ahead = Ranges.within(plan.ranges(), state.range());
    return !isCarriedWhole(state, Ranges.without(written, ahead))
        && Ranges.without(ahead, written).isEmpty();
  }

  private void classified(MemoryMapEntry entry, MappingBacking backing, ResidentPages resident) {
    MappingState state = state(entry, backing);
    if (backing instanceof MappingBacking.SameFile && !entry.shared()) {
      if (isCarriedWhole(state, resident.writtenWithin(state.range()))) {
        state = state(entry, classifier.carried(entry));
      }
    }
    carried.add(new CarriedMapping(state, Optional.empty()));
  }

  /**
   * Returns whether a mapping of a file is carried as an object, since so much was written to it.
   * Huge pages would not travel later for that.
   *
   * @param written pages that were, but for planned ones
   */
  static boolean isCarriedWhole(MappingState state, List<AddressRange> written) {
    return state.backing() instanceof MappingBacking.SameFile
        && !state.has(MappingTrait.HUGE_PAGES)
        && Ranges.pageCount(written) > MAX_WRITTEN_PAGES;
  }

  /** Returns what an entry tells of a mapping. */
  static MappingState state(MemoryMapEntry entry, MappingBacking backing) {
    return new MappingState(
        new AddressRange(entry.start(), entry.length()),
        protection(entry),
        entry.protectionKey(),
        entry.shared(),
        MappingClassifier.traits(entry),
        MappingClassifier.lock(entry),
        backing,
        MappingClassifier.advice(entry),
        anonymousName(entry));
  }

  private static Optional<String> anonymousName(MemoryMapEntry entry) {
    for (String start : List.of(ANONYMOUS_NAME, SHARED_ANONYMOUS_NAME)) {
      if (entry.path().startsWith(start)) {
        return Optional.of(entry.path().substring(start.length(), entry.path().length() - 1));
      }
    }
    return Optional.empty();
  }

  private static int protection(MemoryMapEntry entry) {
    return (entry.readable() ? 1 : 0) | (entry.writable() ? 2 : 0) | (entry.executable() ? 4 : 0);
  }
}
