package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.MappedMemory;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.pages.PageMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the destination was told before the freeze, kept to find out what of it still holds.
 *
 * <p>Immutable until it is closed; any thread may ask.
 */
public final class SourcePlan implements AutoCloseable {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  private final ProcessPlan plan;
  private final EarlyMappings early;
  private final List<MemoryMapEntry> entries;
  private final Map<Long, Integer> indexesByStart = new HashMap<>();
  private final PageMap pages;
  private final List<AddressRange> ranges;
  private final List<AddressRange> longRuns;

  /** That of all pages in their order: the C library compares it faster than a young JVM. */
  private final Optional<MappedMemory> contents;

  /**
   * Remember a plan.
   *
   * @param early mappings from which it was made
   * @param entries from which its mappings were made, in their order
   * @param longRuns of written pages in anonymous memory, in address order
   */
  SourcePlan(
      ProcessPlan plan,
      EarlyMappings early,
      List<MemoryMapEntry> entries,
      List<AddressRange> longRuns) {
    this.early = early;
    this.plan = plan;
    this.longRuns = List.copyOf(longRuns);
    this.entries = List.copyOf(entries);
    for (int i = 0; i < plan.mappings().size(); i++) {
      indexesByStart.put(plan.mappings().get(i).range().startAddress(), i);
    }
    pages = PageMap.ofRanges(plan.pages().stream().map(PageContents::range).toList());
    ranges = pages.ranges();
    contents =
        pages.pageCount() == 0
            ? Optional.empty()
            : Optional.of(MappedMemory.ofZeros(pages.pageCount() * PAGE_BYTES));
    contents.ifPresent(memory -> copyInto(memory.buffer()));
  }

  private void copyInto(NativeBuffer memory) {
    int end = 0;
    for (PageContents some : plan.pages()) {
      memory.put(end, some.bytes());
      end += some.bytes().length;
    }
  }

  /** Returns the plan that says nothing. */
  public static SourcePlan none() {
    return new SourcePlan(ProcessPlan.NONE, EarlyMappings.none(), List.of(), List.of());
  }

  /** Returns what the destination is told. */
  public ProcessPlan plan() {
    return plan;
  }

  /** Returns the position in the plan of the mapping that an entry shows, if it is as it was. */
  Optional<Integer> indexOf(MemoryMapEntry entry) {
    return Optional.ofNullable(indexesByStart.get(entry.start()))
        .filter(index -> entries.get(index).equals(entry));
  }

  /** Returns the pages whose content was planned. */
  PageMap pages() {
    return pages;
  }

  /** Returns the ranges of {@link #pages}, in address order. */
  List<AddressRange> ranges() {
    return ranges;
  }

  /**
   * Returns long runs of written pages, in address order, which to list again would take the kernel
   * long.
   *
   * @param now the mappings by which the frozen target was read. Only if they are those of the
   *     plan, and it was seen that no call was made since that could take pages away, are the runs
   *     known.
   */
  List<AddressRange> longRuns(EarlyMappings now) {
    return now == early && now.areUndisturbed() ? longRuns : List.of();
  }

  /**
   * Returns whether neighbours in the plan have the content that was planned.
   *
   * @param first index of the first of them in {@link #pages()}
   * @param now whose content at an offset is theirs
   */
  boolean isSame(int first, int count, NativeBuffer now, int offset) {
    return contents
        .orElseThrow()
        .buffer()
        .isSame(first * PAGE_BYTES, now, offset, count * PAGE_BYTES);
  }

  /** Forget the content; harmless when repeated. Nobody may ask for it any more. */
  @Override
  public void close() {
    contents.ifPresent(MappedMemory::close);
  }
}
