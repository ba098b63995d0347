package io.github.livemigration.pages;

import io.github.livemigration.linux.UserfaultFd;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.StampedLock;

/**
 * What the threads of {@link PostCopy} share.
 *
 * <p>The lock keeps installers and events apart. The process runs on as soon as an event of its is
 * read, and may then use the changed range at once; a removed range is even announced
 * <em>before</em> the kernel empties it. Without the lock:
 *
 * <ol>
 *   <li>the installer looks at page P: missing, belongs at address A
 *   <li>the process gives A back with {@code madvise(MADV_DONTNEED)}; the event is read, P is
 *       dropped
 *   <li>the process goes on and reads A: zeros, as it must
 *   <li>the installer copies P to A: old bytes are back
 * </ol>
 *
 * <p>So events are read, and their consequences noted, while the lock is held exclusively; and an
 * installer holds it, shared, from looking at a page until it is installed. Between the change of
 * layout and the reading of its event the kernel itself refuses to install ({@code RETRY}); whoever
 * sees that lets go of the lock and reads the events, since waiting for somebody else to do it
 * while holding the lock would last for ever.
 */
final class PostCopyState {
  private final PageMap pages;
  private final boolean verify;
  private final Runnable beforeInstallation;
  private final StampedLock lock = new StampedLock();
  private final AddressSpace process;
  private volatile AddressSpace[] spaces;

  /** Pages that somebody has asked for, over either connection. */
  private final AtomicBitmap asked;

  /** Pages that were asked for because a thread waits for them or for a neighbour. */
  private final AtomicBitmap demanded;

  private final AtomicBitmap received;
  private final AtomicInteger notReceived;
  private final Map<PageKind, LongAdder> counts = new EnumMap<>(PageKind.class);
  private final LongAdder pageBytes = new LongAdder();
  private final FaultLatencies latencies = new FaultLatencies();
  private final int hotPages;

  /**
   * Start with some pages present.
   *
   * @param hotReceived whether those need not come to be verified
   */
  PostCopyState(
      PageMap pages,
      BitSet hot,
      UserfaultFd userfault,
      boolean verify,
      boolean hotReceived,
      Runnable beforeInstallation) {
    this.pages = pages;
    this.verify = verify;
    this.beforeInstallation = beforeInstallation;
    this.process = new AddressSpace(userfault, new PageStates(pages.pageCount(), hot));
    this.spaces = new AddressSpace[] {process};
    this.asked = new AtomicBitmap(pages.pageCount());
    this.demanded = new AtomicBitmap(pages.pageCount());
    this.received = new AtomicBitmap(pages.pageCount());
    this.hotPages = hot.cardinality();
    this.notReceived = new AtomicInteger(pages.pageCount() - (hotReceived ? hotPages : 0));
    if (hotReceived) {
      hot.stream().forEach(received::set);
    }
    for (PageKind kind : PageKind.values()) {
      counts.put(kind, new LongAdder());
    }
  }

  PageMap pages() {
    return pages;
  }

  boolean verify() {
    return verify;
  }

  /** A fault point, see {@link PostCopy}. */
  void beforeInstallation() {
    beforeInstallation.run();
  }

  StampedLock lock() {
    return lock;
  }

  /** The address space of the process itself. */
  AddressSpace process() {
    return process;
  }

  /**
   * The address spaces that are served; the array does not change, but may be replaced while the
   * lock is held exclusively.
   */
  AddressSpace[] spaces() {
    return spaces;
  }

  void spaces(AddressSpace[] changed) {
    spaces = changed;
  }

  FaultLatencies latencies() {
    return latencies;
  }

  int hotPages() {
    return hotPages;
  }

  private LongAdder adder(PageKind kind) {
    return Objects.requireNonNull(counts.get(kind));
  }

  long count(PageKind kind) {
    return adder(kind).sum();
  }

  long pageBytes() {
    return pageBytes.sum();
  }

  void addPageBytes(int bytes) {
    pageBytes.add(bytes);
  }

  /** Note that a page was asked for; returns whether it is the first time. */
  boolean ask(int index) {
    return asked.set(index);
  }

  /** Note that neighbouring pages were asked for. */
  void ask(int index, int count) {
    asked.set(index, count);
  }

  /**
   * Note that a page was asked for on behalf of a waiting thread; returns whether it is the first
   * time.
   */
  boolean demand(int index) {
    return demanded.set(index);
  }

  /** Returns the first page of a range that the push should ask for, or the end of the range. */
  int firstWanted(int from, int end) {
    int index = from;
    while (index < end) {
      int next = received.firstClear(asked.firstClear(index, end), end);
      next = firstMissing(next, end);
      if (next == index) {
        return index;
      }
      index = next;
    }
    return end;
  }

  /** Returns the end of the pages from a wanted one on that are wanted, too. */
  int endOfWanted(int from, int end) {
    int last = received.firstSet(from, asked.firstSet(from, end));
    return verify ? last : firstSettledEverywhere(from, last);
  }

  private int firstSettledEverywhere(int from, int end) {
    int index = from;
    while (index < end) {
      int next = index;
      for (AddressSpace space : spaces) {
        next = space.isGone() ? next : space.states().firstSettled(next, end);
      }
      if (next == index) {
        return index;
      }
      index = next;
    }
    return end;
  }

  /** To verify, every page has to come. */
  private int firstMissing(int from, int end) {
    if (verify) {
      return from;
    }
    int first = end;
    for (AddressSpace space : spaces) {
      if (!space.isGone()) {
        first = space.states().firstMissing(from, first);
      }
    }
    return first;
  }

  /** Note that the bytes of pages have come; returns for how many it is the first time. */
  int receive(int index, int count) {
    return received.set(index, count);
  }

  /** Count pages whose bytes came for the first time, after they went into the checksum. */
  void countReceived(int count) {
    notReceived.addAndGet(-count);
  }

  /** Note that neighbouring pages are there, in the way they came. */
  void settle(AddressSpace space, int index, int count, PageKind kind) {
    int first =
        kind == PageKind.DROPPED
            ? space.states().setDropped(index, count)
            : space.states().setPresent(index, count);
    if (first == 0) {
      return;
    }
    if (space == process) {
      adder(kind).add(first);
    }
    int end = index + count;
    for (int page = demanded.firstSet(index, end);
        page < end;
        page = demanded.firstSet(page + 1, end)) {
      latencies.end(page, System.nanoTime());
    }
    space.states().countSettled(first);
  }

  /**
   * Note that pages with the given source addresses are not wanted any more; returns whether this
   * is news.
   */
  boolean drop(AddressSpace space, long sourceStart, long sourceEnd) {
    int start = pages.ceilingIndex(sourceStart);
    int end = Math.max(start, pages.ceilingIndex(sourceEnd));
    if (space.states().areDropped(start, end)) {
      return false;
    }
    settle(space, start, end - start, PageKind.DROPPED);
    return true;
  }

  /** Note that an address space exists no more. */
  void dropAll(AddressSpace space) {
    space.setGone();
    int count = pages.pageCount();
    for (int start = space.states().firstMissing(0, count);
        start < count;
        start = space.states().firstMissing(start, count)) {
      settle(space, start, space.states().firstSettled(start, count) - start, PageKind.DROPPED);
    }
  }

  /** Returns whether nothing is missing anywhere. */
  boolean isSettled() {
    AddressSpace[] all = spaces;
    boolean nobodyLeft = true;
    for (AddressSpace space : all) {
      if (space.states().missingCount() > 0) {
        return false;
      }
      nobodyLeft &= space.isGone();
    }
    return nobodyLeft || !verify || notReceived.get() == 0;
  }

  /** Number of pages that the process itself misses. */
  int missingCount() {
    return process.states().missingCount();
  }
}
