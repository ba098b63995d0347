package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.tracee.Registers;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The pages that the first instructions after the resume will touch: code, stacks, thread local
 * storage and robust lists. They travel before the rest so that the resume does not start with a
 * storm of faults.
 */
final class HotSet {
  /** glibc keeps its thread descriptor, of less than this size, above the thread pointer. */
  private static final long THREAD_DESCRIPTOR_BYTES = 0xa00;

  /** Below the thread pointer lie the thread's own variables. */
  private static final long THREAD_VARIABLES_BYTES = 0x400;

  private static final long STACK_BYTES = 0x1800;
  private static final long RED_ZONE_BYTES = 128;
  private static final int ENOUGH_PAGES = 2_048;
  private static final long PAGE_MASK = -AddressRange.PAGE_BYTES;

  private final SortedSet<Long> pages = new TreeSet<>();

  /** Returns the pages with the threads' rseq areas. */
  static SortedSet<Long> ofRseqAreas(List<ThreadReader> threads) {
    HotSet areas = new HotSet();
    for (ThreadReader thread : threads) {
      thread.restartableSequence().ifPresent(area -> areas.add(area.address(), area.lengthBytes()));
    }
    return areas.pages;
  }

  /** Add a thread's. Of a crowd of threads the rest may come on demand, as most of them wait. */
  void add(ThreadReader thread, long robustListHead) {
    if (pages.size() < ENOUGH_PAGES) {
      addSurroundings(thread, robustListHead);
    }
  }

  private void addSurroundings(ThreadReader thread, long robustListHead) {
    Registers registers = thread.registers();
    add(registers.instructionPointer(), 1);
    add(registers.stackPointer() - RED_ZONE_BYTES, STACK_BYTES + RED_ZONE_BYTES);
    long threadPointer = registers.threadPointer();
    add(threadPointer - THREAD_VARIABLES_BYTES, THREAD_VARIABLES_BYTES + THREAD_DESCRIPTOR_BYTES);
    add(robustListHead, 1);
  }

  private void add(long address, long lengthBytes) {
    if (address <= 0 || address >= AddressRange.USER_SPACE_END) {
      return;
    }
    for (long page = address & PAGE_MASK;
        page < address + lengthBytes;
        page += AddressRange.PAGE_BYTES) {
      pages.add(page);
    }
  }

  SortedSet<Long> pages() {
    return pages;
  }
}
