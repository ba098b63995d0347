package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.Ranges;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/**
 * Pages that the destination has from the plan, within mappings of the plan that hold, and which of
 * them have another content now.
 */
final class PagesAhead {
  private final SourcePlan plan;
  private final PageMap pages;
  private final PageMap servable;
  private final BitSet changed;
  private final BitSet lookedAtAgain = new BitSet();

  /**
   * Prepare.
   *
   * @param kept ranges of the mappings that hold, in address order
   * @param servable those of them that userfaultfd can serve
   * @param changed what {@link SourcePlan#changed} has answered for the frozen process
   */
  PagesAhead(
      SourcePlan plan, List<AddressRange> kept, List<AddressRange> servable, BitSet changed) {
    this.plan = plan;
    this.pages = PageMap.ofRanges(Ranges.common(plan.pages().ranges(), kept));
    this.servable = PageMap.ofRanges(Ranges.common(plan.pages().ranges(), servable));
    this.changed = (BitSet) changed.clone();
  }

  static PagesAhead none() {
    return new PagesAhead(SourcePlan.none(), List.of(), List.of(), new BitSet());
  }

  List<AddressRange> ranges() {
    return pages.ranges();
  }

  boolean contains(long address) {
    return pages.indexOf(address) >= 0;
  }

  /**
   * Compare a page once more: remote calls have touched the threads' own pages since the others
   * were compared.
   *
   * @param now whose content at an offset is the page's
   * @return whether it has to come again as a hot page; pages that userfaultfd cannot serve come
   *     with the early ones
   */
  boolean comesAgain(long address, ByteBuffer now, int offset) {
    int page = plan.pages().indexOf(address);
    if (plan.differs(address, now, offset)) {
      changed.set(page);
    }
    lookedAtAgain.set(page);
    return changed.get(page) && servable.indexOf(address) >= 0;
  }

  /** Returns the pages that have changed, but for those that were looked at once more. */
  List<AddressRange> otherChanged() {
    BitSet others = (BitSet) changed.clone();
    others.andNot(lookedAtAgain);
    return Ranges.common(plan.pages().rangesOf(others), ranges());
  }

  /** Returns the pages whose content is as it was planned. */
  List<AddressRange> unchanged() {
    return Ranges.without(ranges(), plan.pages().rangesOf(changed));
  }
}
