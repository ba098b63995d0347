package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.PageContents;
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
import java.util.function.Predicate;

/**
 * Finds out which pages of the frozen target have content that must travel, and when, and reads
 * those that travel first.
 */
final class ContentsReader {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  /** Memory objects with no more content than this need not be served page by page. */
  private static final long MAX_EARLY_OBJECT_PAGES = 256;

  /** So much content travels along; the destination has to fetch more. */
  private static final long MAX_EAGER_PAGES = 2048;

  private static final int MAX_CONTENT_BYTES = 1 << 20;

  private final ProcessMemory memory;
  private final ObjectTable objects;
  private final List<CarriedMapping> carried;
  private final ResidentPages resident;
  private final SourcePlan plan;
  private final List<AddressRange> toCome = new ArrayList<>();
  private final List<AddressRange> early = new ArrayList<>();
  private final List<PageContents> eager = new ArrayList<>();
  private final List<AddressRange> pages;
  private final List<AddressRange> guards;
  private final List<AddressRange> withImage;
  private final List<AddressRange> ahead;

  /**
   * Find out where there is content.
   *
   * @param carried all mappings, in address order
   * @param resident pages of the frozen process
   * @param image of it
   */
  ContentsReader(
      ProcessMemory memory,
      ObjectTable objects,
      List<CarriedMapping> carried,
      ResidentPages resident,
      SourcePlan plan,
      MemoryImage image) {
    this.memory = memory;
    this.objects = objects;
    this.carried = carried;
    this.resident = resident;
    this.plan = plan;
    carried.forEach(this::place);
    placeObjects();
    guards = Ranges.common(Ranges.merged(resident.guards()), ranges(any -> true));
    pages =
        RunLimit.limited(
            Ranges.without(Ranges.merged(toCome), guards), ranges(any -> true), guards);
    withImage = image.rseqPages().stream().map(PageContents::range).toList();
    ahead = Ranges.common(plan.ranges(), ranges(mapping -> mapping.planned().isPresent()));
  }

  /** Read the pages that the first instructions will touch, but for those that are ahead. */
  void readHot(HotSet hot) {
    List<AddressRange> there = Ranges.merged(joined(ahead, withImage));
    eager.addAll(
        new WorkingSet(
                memory, PageMap.ofRanges(Ranges.without(pages, there)), PageMap.ofRanges(there))
            .read(hot.pages()));
  }

  /**
   * Read what else travels first.
   *
   * @param changed what {@link PlanComparison} has answered for the frozen process
   */
  MemoryContents read(BitSet changed) {
    List<AddressRange> nowOther = Ranges.common(ahead, plan.pages().rangesOf(changed));
    List<AddressRange> unchanged = Ranges.without(Ranges.without(ahead, nowOther), withImage);
    List<AddressRange> before =
        Ranges.without(Ranges.without(Ranges.merged(early), unchanged), withImage);
    List<AddressRange> elsewhere = Ranges.merged(joined(before, joined(guards, withImage)));
    readContents(Ranges.without(nowOther, elsewhere), true);
    if (Ranges.pageCount(before) <= MAX_EAGER_PAGES) {
      readContents(before, false);
      before = List.of();
    }
    return new MemoryContents(
        guards, pages, before, Ranges.common(unchanged, pages), eager, zeroPages());
  }

  private List<AddressRange> zeroPages() {
    List<AddressRange> zeros =
        Ranges.without(
            Ranges.common(
                Ranges.merged(resident.zeros()), ranges(mapping -> mapping.state().servable())),
            pages);
    List<AddressRange> first = new ArrayList<>();
    long left = MemoryContents.MAXIMUM_ZERO_PAGES;
    for (AddressRange run : zeros) {
      left -= run.pageCount();
      if (left < 0) {
        break;
      }
      first.add(run);
    }
    return first;
  }

  private static List<AddressRange> joined(List<AddressRange> some, List<AddressRange> others) {
    List<AddressRange> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private List<AddressRange> ranges(Predicate<CarriedMapping> wanted) {
    return carried.stream().filter(wanted).map(mapping -> mapping.state().range()).toList();
  }

  private void place(CarriedMapping mapping) {
    MappingState state = mapping.state();
    if (state.backing() instanceof MappingBacking.OfObject object) {
      if (objects.objects().get(object.objectIndex()).isPrivate()) {
        toCome.addAll(fileContent(state.range(), object));
      } else {
        early.addAll(written(state));
      }
    } else if (state.servable()) {
      toCome.addAll(written(state));
    } else {
      early.addAll(written(state));
    }
  }

  /** Returns the pages of its own that a mapping has over what stands behind it. */
  private List<AddressRange> written(MappingState state) {
    if (state.shared()) {
      return List.of();
    }
    List<AddressRange> written = resident.writtenWithin(state.range());
    if (state.lock() == MemoryLock.LOCKED
        && state.backing() instanceof MappingBacking.PrivateAnonymous) {
      written = new ArrayList<>(written);
      written.addAll(resident.zerosWithin(state.range()));
    }
    return written;
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
    Map<Integer, List<CarriedMapping>> mappings = new HashMap<>();
    for (CarriedMapping mapping : carried) {
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

  private void serve(List<CarriedMapping> mappings, long address, List<AddressRange> content) {
    for (CarriedMapping mapping : mappings) {
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

  private void readContents(List<AddressRange> ranges, boolean hot) {
    SourcePages source = new SourcePages(memory, objects);
    NativeBuffer buffer = TransferBuffer.get();
    int most = TransferBuffer.LENGTH / PAGE_BYTES;
    for (AddressRange range : ranges) {
      for (long start = range.startAddress(); start < range.endAddress(); ) {
        int length = (int) Math.min(MAX_CONTENT_BYTES, range.endAddress() - start);
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
          int count = Math.min(most, (length - done) / PAGE_BYTES);
          source.read(start + done, count, buffer);
          buffer.copyInto(0, bytes, done, count * PAGE_BYTES);
          done += count * PAGE_BYTES;
        }
        eager.add(new PageContents(start, bytes, hot));
        start += length;
      }
    }
  }
}
