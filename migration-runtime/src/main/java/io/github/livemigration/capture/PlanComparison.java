package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.TransferBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/** Compares the pages of a frozen process with those that were planned, on several threads. */
final class PlanComparison {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;
  private static final int MOST = TransferBuffer.LENGTH / PAGE_BYTES;

  private final SourcePlan plan;
  private final ProcessMemory memory;
  private final Pace pace;
  private final AtomicInteger next = new AtomicInteger();
  private final BitSet changed = new BitSet();

  PlanComparison(SourcePlan plan, ProcessMemory memory, Pace pace) {
    this.plan = plan;
    this.memory = memory;
    this.pace = pace;
  }

  /** Do a part of the work, until nothing is left to begin. */
  void work() {
    int end = plan.pages().pageCount();
    NativeBuffer buffer = TransferBuffer.get();
    for (int first = next.getAndAdd(MOST); first < end; first = next.getAndAdd(MOST)) {
      BitSet found = compare(first, Math.min(first + MOST, end), buffer);
      synchronized (changed) {
        changed.or(found);
      }
      pace.step();
    }
  }

  /** Leave the rest undone. */
  void abandon() {
    next.set(plan.pages().pageCount());
  }

  /**
   * Returns which planned pages have another content now, by their indexes in the plan, once all
   * {@link #work} is done.
   */
  BitSet changed() {
    return changed;
  }

  private BitSet compare(int first, int end, NativeBuffer buffer) {
    long[] addresses = new long[end - first];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = plan.pages().addressOf(first + i);
    }
    BitSet found = new BitSet();
    try {
      memory.readPages(addresses, buffer);
    } catch (SystemCallException e) {
      found.set(first, end); // Not all of it is mapped any more.
      return found;
    }
    if (plan.isSame(first, addresses.length, buffer, 0)) {
      return found;
    }
    for (int i = 0; i < addresses.length; i++) {
      found.set(first + i, !plan.isSame(first + i, 1, buffer, i * PAGE_BYTES));
    }
    return found;
  }
}
