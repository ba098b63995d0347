package io.github.livemigration.simulation;

import io.github.livemigration.linux.MappedMemory;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A process on the destination. Its threads touch pages, and wait for those that are missing. */
public final class Copy {
  private static final int PAGE_BYTES = 4096;
  private static final int THREADS = 2;
  private static final int TOUCHES = 40;
  private static final int JOURNAL_BYTES = 1 << 14;

  private enum State {
    BUILT,
    RUNS,
    STOPPED,
    GONE
  }

  private final int hostPid;
  private final Source source;
  private final Program builder;
  private final BitSet present = new BitSet();
  private final List<Long> faults = new ArrayList<>();
  private final Bell bell = new Bell();
  private final MappedMemory journal = new MappedMemory(JOURNAL_BYTES);
  private State state = State.BUILT;

  Copy(int hostPid, Source source, Program builder) {
    this.hostPid = hostPid;
    this.source = source;
    this.builder = builder;
  }

  /** Returns its id on the destination's host. */
  public int hostPid() {
    return hostPid;
  }

  Source source() {
    return source;
  }

  /** Returns memory that outlives receivers. */
  public MappedMemory journal() {
    return journal;
  }

  /** Returns the addresses of pages that are there. */
  public List<Long> present() {
    return present.stream().mapToObj(source.pages()::addressOf).toList();
  }

  /** Returns whether it executes instructions. */
  public boolean runs() {
    return state == State.RUNS;
  }

  /** Returns whether it has run and has not ended. */
  public boolean isLive() {
    return state == State.RUNS || state == State.STOPPED;
  }

  /** Returns whether all its pages are there. */
  public boolean isWhole() {
    return present.cardinality() == source.pages().pageCount();
  }

  /** Returns whether it has ended. */
  public boolean isGone() {
    return state == State.GONE;
  }

  char state() {
    return state == State.STOPPED ? 'T' : 'S';
  }

  /** Let it run for the first time. */
  public void resume() {
    Scheduler.the().requireAlive();
    state = State.RUNS;
    source.check();
    Program own = new Program("copy");
    for (int i = 0; i < THREADS; i++) {
      Scheduler.the().spawn("thread of a copy", own, this::touchPages);
    }
  }

  private void touchPages() {
    PageMap pages = source.pages();
    Random random = Scheduler.the().random();
    for (int i = 0; i < TOUCHES && !isGone(); i++) {
      touch(pages.addressOf(random.nextInt(pages.pageCount())));
      Scheduler.the().sleep(random.nextInt((int) TimeUnit.MILLISECONDS.toNanos(2)));
    }
  }

  private void touch(long address) {
    int index = source.pages().indexOf(address);
    while (!isGone() && (state == State.STOPPED || !present.get(index))) {
      if (state == State.RUNS) {
        faults.add(address);
        Kernel.the().changed();
      }
      bell.await(Scheduler.FOR_EVER);
    }
  }

  /** Returns whether threads wait that nobody knows of yet. */
  public boolean hasFaults() {
    return !faults.isEmpty();
  }

  /** Returns addresses for which threads wait. */
  public List<Long> takeFaults(int most) {
    Scheduler.the().requireAlive();
    List<Long> first = faults.subList(0, Math.min(most, faults.size()));
    List<Long> taken = List.copyOf(first);
    first.clear();
    return taken;
  }

  /** Let threads look again. */
  public void wake(long start, long length) {
    if (length > 0 && start >= 0) {
      bell.ring();
    }
  }

  /**
   * Install a page.
   *
   * @return false where it is there already
   */
  public boolean install(long address, byte[] content, int offset) {
    int index = source.pages().indexOf(address);
    if (index < 0) {
      throw Scheduler.the().broken("a page that is not of the map: " + address);
    }
    if (present.get(index)) {
      return false;
    }
    byte[] due = Kernel.content(source.pid(), address);
    if (!Arrays.equals(due, 0, PAGE_BYTES, content, offset, offset + PAGE_BYTES)) {
      throw Scheduler.the().broken("wrong content for page " + index + " of " + source);
    }
    present.set(index);
    bell.ring();
    return true;
  }

  /** Nobody watches it any more: pages that are missing now would read as zeros. */
  public void release() {
    if (!isGone() && !isWhole()) {
      throw Scheduler.the().broken("released with pages missing: " + source);
    }
  }

  /** Stop it by a signal. */
  void stop() {
    if (state == State.RUNS) {
      state = State.STOPPED;
    }
  }

  /** Continue it by a signal. */
  void goOn() {
    if (state == State.STOPPED) {
      state = State.RUNS;
      bell.ring();
      source.check();
    }
  }

  /** Kill it, which nobody does once it has run. */
  public void end() {
    if (isLive() && !source.isGivenUp()) {
      throw Scheduler.the().broken("killed although it has run: " + source);
    }
    state = State.GONE;
    bell.ring();
    Kernel.the().changed();
    source.check();
  }

  void builderEnded(Program program) {
    if (builder == program && state == State.BUILT) {
      end();
    }
  }

  /** Wait until it has ended. */
  public void awaitEnd() {
    while (!isGone()) {
      bell.await(Scheduler.FOR_EVER);
    }
  }

  @Override
  public String toString() {
    return "%s with %d of %d pages"
        .formatted(state, present.cardinality(), source.pages().pageCount());
  }
}
