package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.pages.PageMap;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the destination was told before the freeze, kept to find out what of it still holds.
 *
 * <p>Immutable; any thread may ask.
 */
public final class SourcePlan {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;

  private final ProcessPlan plan;
  private final List<MemoryMapEntry> entries;
  private final Map<Long, Integer> indexesByStart = new HashMap<>();
  private final PageMap pages;

  /**
   * Remember a plan.
   *
   * @param entries from which its mappings were made, in their order
   */
  SourcePlan(ProcessPlan plan, List<MemoryMapEntry> entries) {
    this.plan = plan;
    this.entries = List.copyOf(entries);
    for (int i = 0; i < plan.mappings().size(); i++) {
      indexesByStart.put(plan.mappings().get(i).range().startAddress(), i);
    }
    pages = PageMap.ofRanges(plan.pages().stream().map(PageContents::range).toList());
  }

  /** Returns the plan that says nothing. */
  public static SourcePlan none() {
    return new SourcePlan(ProcessPlan.NONE, List.of());
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

  /**
   * Returns whether a page has another content than the one that was planned.
   *
   * @param address of a page with planned content
   * @param now whose content at an offset is the page's
   */
  boolean differs(long address, ByteBuffer now, int offset) {
    PageContents contents = contentsAt(address);
    ByteBuffer planned = ByteBuffer.wrap(contents.bytes());
    int start = (int) (address - contents.startAddress());
    return !planned.slice(start, PAGE_BYTES).equals(now.slice(offset, PAGE_BYTES));
  }

  private PageContents contentsAt(long address) {
    int low = 0;
    int high = plan.pages().size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (plan.pages().get(middle).startAddress() <= address) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return plan.pages().get(low);
  }
}
