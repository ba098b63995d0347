package io.github.livemigration.pages;

import io.github.livemigration.linux.UserfaultFd;
import java.util.Arrays;

/**
 * One address space that is being filled: the process itself, or a child that it has forked
 * meanwhile.
 *
 * <p>Everything that events change, the translation above all, is guarded by the lock of {@link
 * PostCopyState}: written while it is held exclusively, read while it is held at all.
 */
final class AddressSpace {
  /** Below it {@code vm.mmap_min_addr} lets nobody map anything, by default. */
  static final long LOWEST_ADDRESS = 0x10000;

  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;
  private static final int FIRST_CAPACITY = 16;

  private final UserfaultFd userfault;
  private final PageStates states;
  private final int number;
  private Translation translation;
  private volatile boolean gone;

  private long[] deferred = new long[FIRST_CAPACITY];
  private int deferredCount;

  /** Serves the process itself. */
  AddressSpace(UserfaultFd userfault, PageStates states) {
    this(userfault, states, Translation.identity(), 0);
  }

  private AddressSpace(
      UserfaultFd userfault, PageStates states, Translation translation, int number) {
    this.userfault = userfault;
    this.states = states;
    this.translation = translation;
    this.number = number;
  }

  /**
   * Serves a child of this address space, as it was when its fork event was read.
   *
   * <p>Pages that are present here are present there: from the copy of the page tables on until the
   * event is read, the kernel lets nobody install anything here, so what is present now was copied.
   *
   * @param childNumber by which the child is known, from 1 on
   */
  AddressSpace fork(UserfaultFd childUserfault, int childNumber) {
    return new AddressSpace(childUserfault, new PageStates(states), translation, childNumber);
  }

  UserfaultFd userfault() {
    return userfault;
  }

  PageStates states() {
    return states;
  }

  Translation translation() {
    return translation;
  }

  void translation(Translation changed) {
    translation = changed;
  }

  /** Returns whether it is a child's, whose userfaultfd is ours to close. */
  boolean isForked() {
    return number != 0;
  }

  /** The number by which it is known: 0 for the process itself. */
  int number() {
    return number;
  }

  /**
   * Returns whether the kernel has said that the address space exists no more: its process ended,
   * or runs another program.
   */
  boolean isGone() {
    return gone;
  }

  void setGone() {
    gone = true;
  }

  /** Wake the threads that wait in a range, so that they fault again and are judged anew. */
  void wake(long address, long lengthBytes) {
    userfault.wake(address, lengthBytes);
  }

  void wakePage(long address) {
    wake(address & -PAGE_BYTES, PAGE_BYTES);
  }

  /** Keep a fault for later, because the kernel wants its events read first. */
  void defer(long address) {
    if (deferredCount == deferred.length) {
      deferred = Arrays.copyOf(deferred, 2 * deferredCount);
    }
    deferred[deferredCount] = address;
    deferredCount++;
  }

  boolean hasDeferred() {
    return deferredCount > 0;
  }

  /** Take the faults that were kept. */
  long[] takeDeferred() {
    long[] taken = Arrays.copyOf(deferred, deferredCount);
    deferredCount = 0;
    return taken;
  }
}
