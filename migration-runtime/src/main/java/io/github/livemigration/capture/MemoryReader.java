package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.TransferBuffer;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the mappings of the frozen target and finds out which of its pages have content that must
 * travel, and when.
 */
final class MemoryReader {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  /**
   * A private file mapping with more written pages than this is carried whole, behind the running
   * process, since userfaultfd does not serve file mappings.
   */
  private static final long MAX_WRITTEN_PAGES = 256;

  /** Memory objects with no more content than this need not be served page by page. */
  private static final long MAX_EARLY_OBJECT_PAGES = 256;

  /** So much content travels with the image; the destination has to fetch more. */
  private static final long MAX_EAGER_PAGES = 2048;

  private static final int MAX_CONTENT_BYTES = 1 << 20;
  private static final String ANONYMOUS_NAME = "[anon:";
  private static final String SHARED_ANONYMOUS_NAME = "[anon_shmem:";

  private final ProcessMemory memory;
  private final MappingClassifier classifier;
  private final ObjectTable objects;
  private final ResidentPages resident;
  private final SourcePlan plan;
  private final BitSet changed;
  private final List<Carried> carried = new ArrayList<>();
  private final List<AddressRange> toCome = new ArrayList<>();
  private final List<AddressRange> early = new ArrayList<>();

  /**
   * A mapping with the pages of its own that it has over what stands behind it, and its position in
   * the plan if that holds.
   */
  private record Carried(
      MappingState state, List<AddressRange> written, Optional<Integer> planned) {}

  /**
   * Prepare to read.
   *
   * @param changed what {@link SourcePlan#changed} has answered for the frozen process
   */
  MemoryReader(
      ProcessMemory memory,
      MappingClassifier classifier,
      ObjectTable objects,
      ResidentPages resident,
      SourcePlan plan,
      BitSet changed) {
    this.memory = memory;
    this.classifier = classifier;
    this.objects = objects;
    this.resident = resident;
    this.plan = plan;
    this.changed = changed;
  }

  /**
   * Read the memory.
   *
   * @param entries all mappings, in address order
   * @param futureLock whether new mappings are locked
   * @param hot pages that the first instructions will touch
   */
  MemoryImage read(
      List<MemoryMapEntry> entries, AddressSpaceLayout layout, MemoryLock futureLock, HotSet hot) {
    entries.forEach(this::add);
    objects.place(entries);
    carried.forEach(this::place);
    placeObjects();
    List<AddressRange> guards = guards();
    List<AddressRange> pages =
        RunLimit.limited(Ranges.without(Ranges.merged(toCome), guards), ranges(), guards);
    PagesAhead ahead =
        new PagesAhead(
            plan, keptRanges(mapping -> true), keptRanges(MappingState::servable), changed);
    List<PageContents> eager =
        new WorkingSet(memory, PageMap.ofRanges(Ranges.without(pages, ahead.ranges())), ahead)
            .read(hot.pages());
    List<AddressRange> unchanged = ahead.unchanged();
    List<AddressRange> before = Ranges.without(Ranges.merged(early), unchanged);
    readContents(Ranges.without(Ranges.without(ahead.otherChanged(), before), guards), eager, true);
    if (Ranges.pageCount(before) <= MAX_EAGER_PAGES) {
      readContents(before, eager, false);
      before = List.of();
    }
    return new MemoryImage(
        carried.stream().map(Carried::state).toList(),
        objects.images(),
        layout,
        futureLock,
        guards,
        pages,
        before,
        Ranges.common(unchanged, pages),
        eager);
  }

  /** Returns which mappings of the plan hold, by their positions in it. */
  List<Integer> keptMappings() {
    return carried.stream().flatMap(mapping -> mapping.planned().stream()).toList();
  }

  private List<AddressRange> keptRanges(Predicate<MappingState> wanted) {
    return carried.stream()
        .filter(mapping -> mapping.planned().isPresent() && wanted.test(mapping.state()))
        .map(mapping -> mapping.state().range())
        .toList();
  }

  private void add(MemoryMapEntry entry) {
    Optional<Integer> planned = plan.indexOf(entry);
    if (planned.isPresent()) {
      MappingState state = plan.plan().mappings().get(planned.get());
      List<AddressRange> written =
          state.shared() ? List.of() : resident.writtenWithin(state.range());
      if (holds(state, written)) {
        carried.add(new Carried(state, written, planned));
        return;
      }
    }
    classifier.classify(entry).ifPresent(backing -> classified(entry, backing));
  }

  /**
   * A page of a file's mapping that was written then and is the file's own now cannot be taken
   * back.
   */
  private boolean holds(MappingState state, List<AddressRange> written) {
    return state.servable()
        || (!isCarriedWhole(state, written)
            && Ranges.without(Ranges.within(plan.pages().ranges(), state.range()), written)
                .isEmpty());
  }

  private void classified(MemoryMapEntry entry, MappingBacking backing) {
    AddressRange range = new AddressRange(entry.start(), entry.length());
    List<AddressRange> written = entry.shared() ? List.of() : resident.writtenWithin(range);
    MemoryLock lock = MappingClassifier.lock(entry);
    if (lock == MemoryLock.LOCKED && entry.inode() == 0) {
      written = new ArrayList<>(written);
      written.addAll(resident.zerosWithin(range));
    }
    MappingState state = state(entry, backing);
    if (isCarriedWhole(state, written)) {
      state = state(entry, classifier.carried(entry));
    }
    carried.add(new Carried(state, written, Optional.empty()));
  }

  /**
   * Returns whether a mapping of a file is carried as an object, since so much was written to it.
   * Huge pages would not travel later for that.
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

  private void place(Carried mapping) {
    MappingState state = mapping.state();
    if (state.backing() instanceof MappingBacking.OfObject object) {
      if (objects.objects().get(object.objectIndex()).isPrivate()) {
        toCome.addAll(fileContent(state.range(), object));
      } else {
        early.addAll(mapping.written());
      }
    } else if (state.servable()) {
      toCome.addAll(mapping.written());
    } else {
      early.addAll(mapping.written());
    }
  }

  /** Pages of the mapping up to the end of its file: those beyond cannot be read on either side. */
  private List<AddressRange> fileContent(AddressRange range, MappingBacking.OfObject object) {
    SourceObject source = objects.objects().get(object.objectIndex());
    long fileBytes = source.lengthBytes() - object.offsetBytes();
    long wholePages = (fileBytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    long length = Math.min(range.lengthBytes(), wholePages);
    return length <= 0 ? List.of() : List.of(new AddressRange(range.startAddress(), length));
  }

  /** The page table does not tell which pages of an object exist; the holes of the object do. */
  private void placeObjects() {
    Map<Integer, List<Carried>> mappings = new HashMap<>();
    for (Carried mapping : carried) {
      if (mapping.state().backing() instanceof MappingBacking.OfObject object) {
        mappings.computeIfAbsent(object.objectIndex(), index -> new ArrayList<>()).add(mapping);
      }
    }
    for (SourceObject object : objects.objects()) {
      if (object.isPrivate()) {
        continue;
      }
      long address = objects.images().get(object.index()).address();
      List<AddressRange> content =
          Ranges.common(object.content(address), object.reachable(address));
      if (!object.isServable() || Ranges.pageCount(content) <= MAX_EARLY_OBJECT_PAGES) {
        early.addAll(content);
      } else {
        serve(mappings.getOrDefault(object.index(), List.of()), address, content);
      }
    }
  }

  private void serve(List<Carried> mappings, long address, List<AddressRange> content) {
    for (Carried mapping : mappings) {
      MappingBacking.OfObject shown = (MappingBacking.OfObject) mapping.state().backing();
      AddressRange range = mapping.state().range();
      long place = address + shown.offsetBytes();
      long shift = range.startAddress() - place;
      // Behind the end of an object there is nothing: a mapping may be longer.
      AddressRange window = new AddressRange(place, range.lengthBytes());
      for (AddressRange part : Ranges.within(content, window)) {
        toCome.add(new AddressRange(part.startAddress() + shift, part.lengthBytes()));
      }
    }
  }

  private List<AddressRange> ranges() {
    return carried.stream().map(mapping -> mapping.state().range()).toList();
  }

  private List<AddressRange> guards() {
    return Ranges.common(Ranges.merged(resident.guards()), ranges());
  }

  private void readContents(List<AddressRange> ranges, List<PageContents> contents, boolean hot) {
    SourcePages pages = new SourcePages(memory, objects);
    NativeBuffer buffer = TransferBuffer.get();
    int most = TransferBuffer.LENGTH / PAGE_BYTES;
    for (AddressRange range : ranges) {
      for (long start = range.startAddress(); start < range.endAddress(); ) {
        int length = (int) Math.min(MAX_CONTENT_BYTES, range.endAddress() - start);
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
          int count = Math.min(most, (length - done) / PAGE_BYTES);
          pages.read(start + done, count, buffer);
          buffer.copyInto(0, bytes, done, count * PAGE_BYTES);
          done += count * PAGE_BYTES;
        }
        contents.add(new PageContents(start, bytes, hot));
        start += length;
      }
    }
  }
}
