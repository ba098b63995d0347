package io.github.livemigration.pages;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.PageMapScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which pages a process has that another receiver has served before.
 *
 * <p>It runs, and may move a range between the look at its page tables and the reading of the
 * message that tells so; what was seen would then be taken for other pages. So the look counts only
 * where no message was due after it.
 */
final class PresentPages {
  private static final Logger LOG = LoggerFactory.getLogger(PresentPages.class);
  private static final int ATTEMPTS = 20;
  private static final long THERE = PageMapScan.PRESENT | PageMapScan.SWAPPED;

  private final PostCopyState state;
  private final FaultHandler handler;

  PresentPages(PostCopyState state, FaultHandler handler) {
    this.state = state;
    this.handler = handler;
  }

  /**
   * Note the pages that are there in the process itself, and let all threads that wait fault again:
   * what they wait for was told to somebody else. Where a process changes too fast for a look, and
   * for its children, all pages are asked for again; those that are there stay as they are.
   */
  void note(int pid) {
    AddressSpace space = state.process();
    BitSet present = new BitSet();
    boolean reliable = false;
    try (PageMapScan scan = PageMapScan.open(pid)) {
      for (int attempt = 0; attempt < ATTEMPTS && !reliable; attempt++) {
        readMessages();
        present = scan(scan, space);
        reliable = !space.userfault().hasUntoldChange();
      }
    }
    if (reliable) {
      settle(space, present);
    } else {
      LOG.warn("process {} moves its memory all the time; all of its pages are fetched again", pid);
    }
    wakeAll();
  }

  /** Note that all pages are there. */
  void noteAll() {
    BitSet all = new BitSet();
    all.set(0, state.pages().pageCount());
    for (AddressSpace space : state.spaces()) {
      settle(space, all);
    }
    wakeAll();
  }

  private void wakeAll() {
    for (AddressSpace space : state.spaces()) {
      if (!space.isGone()) {
        space.wake(
            AddressSpace.LOWEST_ADDRESS, AddressRange.USER_SPACE_END - AddressSpace.LOWEST_ADDRESS);
      }
    }
  }

  private void readMessages() {
    try {
      handler.pump();
    } catch (IOException e) {
      LOG.debug("there is no connection yet to ask for pages", e);
    }
  }

  private BitSet scan(PageMapScan scan, AddressSpace space) {
    List<AddressRange> sources = new ArrayList<>();
    scan.scan(
        AddressSpace.LOWEST_ADDRESS,
        AddressRange.USER_SPACE_END,
        0,
        THERE,
        0,
        THERE,
        (start, end, categories) ->
            space
                .translation()
                .forEachSource(
                    start, end, (from, to) -> sources.add(new AddressRange(from, to - from))));
    return state.pages().indexesWithin(sources);
  }

  private void settle(AddressSpace space, BitSet present) {
    StampedLock lock = state.lock();
    long stamp = lock.writeLock();
    try {
      for (int first = present.nextSetBit(0); first >= 0; ) {
        int end = present.nextClearBit(first);
        state.settle(space, first, end - first, PageKind.PUSHED);
        first = present.nextSetBit(end);
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
