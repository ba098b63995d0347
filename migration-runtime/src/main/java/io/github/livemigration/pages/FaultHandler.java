package io.github.livemigration.pages;

import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.UserfaultMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.StampedLock;

/**
 * Reads the messages of the kernel and does what they ask for.
 *
 * <p>Mostly the fault loop calls {@link #pump}, but any thread may, and a thread that the kernel
 * told to retry does: see {@link PostCopyState}. The lock, held exclusively, guards all fields.
 */
final class FaultHandler {
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  /** New memory is mostly touched in order; zero pages ahead cost no memory and save faults. */
  private static final int ZERO_PAGES_AHEAD = 16;

  private final PostCopyState state;
  private final RequestLine demand;
  private final PushOrder order;
  private final PostCopyOptions options;
  private final Runnable spacesChanged;
  private final EventJournal journal;
  private final NativeBuffer messages;
  private final Installation installation = new Installation();
  private final Readahead readahead;
  private final AtomicInteger forks = new AtomicInteger();

  /**
   * Prepare to handle.
   *
   * @param spacesChanged called when a child has come, with the lock held
   */
  FaultHandler(
      PostCopyState state,
      RequestLine demand,
      PushOrder order,
      PostCopyOptions options,
      Runnable spacesChanged) {
    this.state = state;
    this.demand = demand;
    this.order = order;
    this.options = options;
    this.readahead = new Readahead(options.neighbourPages());
    this.journal = options.journal();
    this.messages = journal.memory();
    this.spacesChanged = spacesChanged;
  }

  /**
   * Read and handle all messages that there are now, in all address spaces.
   *
   * @return number of messages
   * @throws IOException when a question cannot be sent; it is kept, and everything else is done
   */
  int pump() throws IOException {
    int handled = 0;
    StampedLock lock = state.lock();
    long stamp = lock.writeLock();
    try {
      for (AddressSpace space : state.spaces()) {
        if (!space.isGone()) {
          handled += pump(space);
        }
      }
    } finally {
      lock.unlockWrite(stamp);
    }
    // Sending wakes the peer, which takes longer than everything above: not under the lock.
    demand.flush();
    return handled;
  }

  private int pump(AddressSpace space) {
    int handled = 0;
    int count;
    do {
      count = journal.read(space.userfault(), space.number());
      handled += count;
      int first = journal.first();
      int end = first + count;
      boolean changed = false;
      // Events first, although the kernel hands out faults first: a fault may lie in a range whose
      // move is told by an event
      // further on. Judged by the old layout it would look like new memory and get zeros.
      for (int i = first; i < end; i++) {
        if (UserfaultMessage.type(messages, i) != UserfaultMessage.FAULT) {
          changed |= event(space, i);
        }
      }
      long now = System.nanoTime();
      if (space.hasDeferred()) {
        for (long address : space.takeDeferred()) {
          fault(space, address, now);
        }
      }
      for (int i = first; i < end; i++) {
        if (UserfaultMessage.type(messages, i) == UserfaultMessage.FAULT) {
          fault(space, UserfaultMessage.faultAddress(messages, i) & -PAGE_BYTES, now);
        }
      }
      journal.handled(count, changed);
    } while (count == EventJournal.BATCH);
    return handled;
  }

  /** Returns whether something else belongs somewhere now. */
  private boolean event(AddressSpace space, int message) {
    if (UserfaultMessage.type(messages, message) == UserfaultMessage.FORK) {
      OwnedFd fd =
          OwnedFd.adopt(
              UserfaultMessage.forkFd(messages, message), "userfaultfd of a forked child");
      AddressSpace child = fork(space, new UserfaultFd(fd));
      journal.keep(child);
      add(List.of(child));
      return true;
    }
    boolean news = follow(space, message);
    wake(space, message);
    return news;
  }

  /** Note what belongs where now; returns whether that is news. */
  private boolean follow(AddressSpace space, int message) {
    int type = UserfaultMessage.type(messages, message);
    long start = UserfaultMessage.removeStart(messages, message);
    long end = UserfaultMessage.removeEnd(messages, message);
    return switch (type) {
      case UserfaultMessage.REMOVE -> removed(space, start, end);
      case UserfaultMessage.UNMAP -> unmapped(space, start, end);
      case UserfaultMessage.REMAP ->
          moved(
              space,
              UserfaultMessage.remapFrom(messages, message),
              UserfaultMessage.remapTo(messages, message),
              UserfaultMessage.remapLength(messages, message));
      default -> throw new IllegalStateException("userfaultfd message of unknown type " + type);
    };
  }

  private void wake(AddressSpace space, int message) {
    if (UserfaultMessage.type(messages, message) == UserfaultMessage.REMAP) {
      long lengthBytes = UserfaultMessage.remapLength(messages, message);
      // A fault that was read before this event was judged by the old layout.
      space.wake(UserfaultMessage.remapTo(messages, message), lengthBytes);
      space.wake(UserfaultMessage.remapFrom(messages, message), lengthBytes);
    } else {
      // Whoever waits for one of the pages waits for something that will not come.
      long start = UserfaultMessage.removeStart(messages, message);
      space.wake(start, UserfaultMessage.removeEnd(messages, message) - start);
    }
  }

  private boolean removed(AddressSpace space, long start, long end) {
    boolean[] news = new boolean[1];
    space
        .translation()
        .forEachSource(start, end, (from, to) -> news[0] |= state.drop(space, from, to));
    return news[0];
  }

  private boolean unmapped(AddressSpace space, long start, long end) {
    // Two threads: one unmaps A and has not queued its event yet, the other moves B to where A was
    // and is faster. The event of
    // the first must not drop the pages of B. So what has moved is left alone; installing it tells
    // whether its place is gone.
    boolean[] news = new boolean[1];
    space
        .translation()
        .forEachUnmovedSource(start, end, (from, to) -> news[0] |= state.drop(space, from, to));
    return news[0];
  }

  private boolean moved(AddressSpace space, long from, long to, long lengthBytes) {
    Translation before = space.translation();
    before.forEachSource(to, to + lengthBytes, (start, end) -> state.drop(space, start, end));
    space.translation(before.moved(from, to, lengthBytes));
    return true;
  }

  private AddressSpace fork(AddressSpace parent, UserfaultFd userfault) {
    AddressSpace child = parent.fork(userfault, forks.incrementAndGet());
    for (PageRun run : options.wipedOnFork()) {
      state.drop(child, run.startAddress(), run.endAddress());
    }
    return child;
  }

  private void add(List<AddressSpace> children) {
    List<AddressSpace> more = new ArrayList<>(List.of(state.spaces()));
    more.addAll(children);
    state.spaces(more.toArray(new AddressSpace[0]));
    spacesChanged.run();
  }

  private void fault(AddressSpace space, long address, long nanos) {
    long source = space.translation().toSource(address);
    int index = source == Translation.NONE ? -1 : state.pages().indexOf(source);
    if (index < 0 || space.states().isDropped(index)) {
      zeroFill(space, address, nanos);
    } else if (!space.states().isMissing(index)) {
      // Installed between the fault and the reading of its message.
      space.wakePage(address);
    } else {
      state.latencies().begin(index, nanos);
      if (state.demand(index)) {
        int count = 1 + neighbours(space, index);
        state.ask(index);
        demand.ask(index, count);
        readahead.asked(index, count);
        order.hint(index);
      }
    }
  }

  /** Claim the missing pages that follow a page and that nobody has asked for. */
  private int neighbours(AddressSpace space, int index) {
    int most = Math.min(readahead.pagesFrom(index), state.pages().contiguousFrom(index)) - 1;
    int count = 0;
    while (count < most
        && space.states().isMissing(index + count + 1)
        && state.ask(index + count + 1)) {
      state.demand(index + count + 1);
      count++;
    }
    return count;
  }

  private void zeroFill(AddressSpace space, long address, long nanos) {
    int pageCount = 1;
    while (pageCount < ZERO_PAGES_AHEAD
        && isNewMemory(space, address + (long) pageCount * PAGE_BYTES)) {
      pageCount++;
    }
    state.beforeInstallation();
    installation.zero(space.userfault(), address, (long) pageCount * PAGE_BYTES);
    if (installation.bytes() == 0
        && installation.outcome() == Installation.Outcome.RANGE_GONE
        && pageCount > 1) {
      // The mapping ends before the pages ahead do.
      installation.zero(space.userfault(), address, PAGE_BYTES);
    }
    if (installation.bytes() > 0) {
      state.latencies().zeroFilled(System.nanoTime() - nanos);
      return;
    }
    switch (installation.outcome()) {
      case RETRY -> space.defer(address);
      case PROCESS_GONE -> state.dropAll(space);
      // Unmapped, or filled by somebody else: the thread finds out by itself.
      case RANGE_GONE, PRESENT, DONE -> space.wakePage(address);
    }
  }

  private boolean isNewMemory(AddressSpace space, long address) {
    long source = space.translation().toSource(address);
    int index = source == Translation.NONE ? -1 : state.pages().indexOf(source);
    return index < 0 || space.states().isDropped(index);
  }

  /**
   * Follow what a process before this one was told, to know what belongs where.
   *
   * @throws IllegalStateException where that cannot be known
   */
  void replay() {
    if (journal.hasOverflown()) {
      throw new IllegalStateException(
          "its memory was changed too often to know what belongs where");
    }
    StampedLock lock = state.lock();
    long stamp = lock.writeLock();
    try {
      Replay replay = new Replay(journal.takeChildren());
      journal.replay(replay::message);
      add(replay.livingChildren());
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** One reading of the journal. */
  private final class Replay {
    private final Map<Integer, UserfaultFd> userfaults;
    private final Map<Integer, AddressSpace> spaces = new HashMap<>();
    private final Set<Integer> finished = new HashSet<>();

    Replay(Map<Integer, UserfaultFd> userfaults) {
      this.userfaults = userfaults;
      spaces.put(0, state.process());
    }

    void message(int message, int number) {
      AddressSpace space = spaces.get(number);
      if (space == null) {
        throw new IllegalStateException("the journal knows no address space " + number);
      }
      switch (UserfaultMessage.type(messages, message)) {
        case UserfaultMessage.FAULT -> {
          // Whoever waits is woken, and faults again.
        }
        case EventJournal.FINISHED -> finished.add(number);
        case UserfaultMessage.FORK -> {
          UserfaultFd userfault = userfaults.get(forks.get() + 1);
          // One that has no userfaultfd any more is only followed for the sake of its children.
          AddressSpace child = fork(space, userfault == null ? space.userfault() : userfault);
          spaces.put(child.number(), child);
        }
        default -> follow(space, message);
      }
    }

    /** Children that still need pages are kept again; those that do not are let go. */
    List<AddressSpace> livingChildren() {
      List<AddressSpace> living = new ArrayList<>();
      for (int number = 1; number <= forks.get(); number++) {
        UserfaultFd userfault = userfaults.get(number);
        if (finished.contains(number)) {
          if (userfault != null) {
            userfault.close();
          }
        } else if (userfault == null) {
          throw new IllegalStateException("a child that it has forked has lost its pages");
        } else {
          AddressSpace child = Objects.requireNonNull(spaces.get(number));
          journal.keep(child);
          living.add(child);
        }
      }
      return living;
    }
  }

  /** Let children go that need nothing any more; the lock is held exclusively. */
  void forget(List<AddressSpace> finished) {
    journal.forget(finished, List.of(state.spaces()));
    finished.forEach(child -> child.userfault().close());
  }

  /** Number of children so far; any thread may ask. */
  int forks() {
    return forks.get();
  }
}
