package io.github.livemigration.pages;

import io.github.livemigration.linux.EventFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the pages of a process that already runs: on demand where a thread waits for one, and in
 * the background until all are there.
 *
 * <p>Three threads do it. One reads the messages of the userfaultfd, asks for pages that threads
 * wait for, gives zeros where memory is new, and follows what the process does to its address
 * space: {@code fork}, {@code mremap}, {@code munmap}, {@code madvise}. One installs the answers on
 * the demand connection. One asks for everything else on the push connection, near recent faults
 * first, and installs that. Children that the process forks meanwhile are served alike.
 *
 * <p>The userfaultfd stays the caller's: non-blocking, with {@code UFFDIO_API} done for the events
 * fork, remap, remove and unmap, and with every mapping registered that has pages to come. When
 * {@link #awaitCompletion()} has returned, call {@link #close()} and then unregister and close it.
 * Never close it while pages are missing: they would read as zeros.
 *
 * <p>All methods are callable from any thread.
 */
public final class PostCopy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostCopy.class);
  private static final int DEMANDS_IN_FLIGHT = 64;
  private static final int PUSHES_IN_FLIGHT = 256;
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final PageMap pages;
  private final PostCopyOptions options;
  private final PostCopyListener listener;
  private final PostCopyState state;
  private final PushLoop pushLoop;
  private final RequestLine demandLine;
  private final RequestLine pushLine;
  private final List<RequestLine> lines;
  private final FaultHandler handler;
  private final FaultLoop faultLoop;
  private final Installer demandInstaller;
  private final Installer pushInstaller;
  private final EventFd wake = EventFd.create();
  private final Completion completion = new Completion();
  private final ProcessEnd end;
  private final Object losing = new Object();

  private final StandbyThreads threads;
  private StandbyThreads.@Nullable Job faultJob;
  private StandbyThreads.@Nullable Job demandJob;
  private StandbyThreads.@Nullable Job pushJob;
  private volatile long startNanos;
  private volatile boolean closing;
  private long progressNanos;

  /**
   * Prepare; nothing runs yet.
   *
   * @param uffd of the process, see above
   * @param pages that are to come
   * @param hot indexes of pages of the map that are there already
   * @param demand connection to a {@link PageServer} for pages that threads wait for; from now on
   *     closed by this object
   * @param push connection to another one for all others; from now on closed by this object
   * @param process whose end ends post-copy
   * @param threads that do the work; three are taken, and two more after a {@link #reconnect}
   */
  public PostCopy(
      UserfaultFd uffd,
      PageMap pages,
      BitSet hot,
      FrameChannel demand,
      FrameChannel push,
      Pidfd process,
      StandbyThreads threads,
      PostCopyOptions options,
      PostCopyListener listener) {
    this(uffd, pages, hot, demand, push, process, threads, options, listener, () -> {});
  }

  /**
   * Prepare, with a fault point.
   *
   * @param beforeInstallation called before each call that installs pages, when everything has been
   *     decided: tests wait here for events to come in between
   */
  PostCopy(
      UserfaultFd uffd,
      PageMap pages,
      BitSet hot,
      FrameChannel demand,
      FrameChannel push,
      Pidfd process,
      StandbyThreads threads,
      PostCopyOptions options,
      PostCopyListener listener,
      Runnable beforeInstallation) {
    if (hot.length() > pages.pageCount()) {
      throw new IllegalArgumentException(
          "hot page " + (hot.length() - 1) + " of " + pages.pageCount());
    }
    this.pages = pages;
    this.end = new ProcessEnd(process);
    this.threads = threads;
    this.options = options;
    this.listener = listener;
    boolean continued = options.journal().isContinued();
    this.state =
        new PostCopyState(pages, hot, uffd, options.verify(), !continued, beforeInstallation);
    PushOrder order = new PushOrder(pages);
    this.demandLine = new RequestLine(pages, demand, DEMANDS_IN_FLIGHT);
    this.pushLine = new RequestLine(pages, push, PUSHES_IN_FLIGHT);
    this.lines = List.of(demandLine, pushLine);
    this.handler = new FaultHandler(state, demandLine, order, options, this::spacesChanged);
    this.faultLoop = new FaultLoop(state, handler, wake, process, new LoopEvents());
    this.demandInstaller = new Installer(state, handler, demandLine, PageKind.DEMAND);
    this.pushInstaller = new Installer(state, handler, pushLine, PageKind.PUSHED);
    this.pushLoop =
        new PushLoop(state, order, pushLine, pushInstaller, options.windowPages(), this::answered);
  }

  /** Begin. The process may run from before this call; its faults wait. */
  public synchronized void start() {
    startNanos = System.nanoTime();
    faultJob = begin("post-copy-faults", faultLoop); // First, as there may be faults already.
    startReaders();
  }

  /**
   * Begin in place of another receiver, whose journal this one continues: find out what is there,
   * and serve what needs no connection. The connections count as lost until {@link #reconnect}.
   *
   * @param pid of the process
   * @param everything whether all pages have arrived
   * @throws IllegalStateException where it cannot be known what belongs where
   */
  public synchronized void takeOver(int pid, boolean everything) {
    startNanos = System.nanoTime();
    handler.replay();
    PresentPages present = new PresentPages(state, handler);
    if (everything) {
      present.noteAll();
    } else {
      present.note(pid);
    }
    completion.setLost(new IOException("the receiver was started again"));
    checkComplete();
    faultJob = begin("post-copy-faults", faultLoop);
  }

  private void startReaders() {
    demandJob = begin("post-copy-demand", this::readDemanded);
    pushJob = begin("post-copy-push", this::push);
  }

  private StandbyThreads.Job begin(String name, Runnable work) {
    return threads.start(
        name,
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            LOG.error("{} ended", name, e);
            completion.setFailed(e);
          }
        });
  }

  private void readDemanded() {
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    try {
      while (!closing) {
        demandInstaller.installAnswer();
        checkComplete();
      }
    } catch (IOException e) {
      lost(e);
    }
  }

  private void push() {
    try {
      pushLoop.run();
    } catch (IOException e) {
      lost(e);
    }
  }

  private boolean answered() {
    checkComplete();
    long now = System.nanoTime();
    if (now - progressNanos >= PROGRESS_NANOS && !completion.isComplete()) {
      progressNanos = now;
      listener.progress(pages.pageCount() - state.missingCount(), pages.pageCount());
    }
    return !closing;
  }

  private void checkComplete() {
    if (state.isSettled() && demandLine.isIdle() && pushLine.isIdle() && !completion.isComplete()) {
      completion.setComplete();
      listener.progress(pages.pageCount(), pages.pageCount());
    }
  }

  private void spacesChanged() {
    wake.signal();
    listener.processForked(state.spaces().length);
  }

  private void lost(IOException reason) {
    if (closing) {
      return;
    }
    synchronized (losing) {
      if (end.isTold() && state.spaces().length == 1) {
        state.dropAll(state.process());
      }
      if (state.isSettled()) {
        // What was under way was asked for twice.
        completion.setComplete();
      } else if (completion.setLost(reason)) {
        LOG.warn("page connection lost, {} pages missing", state.missingCount(), reason);
      }
      closeChannels();
    }
  }

  private void closeChannels() {
    for (RequestLine line : lines) {
      try {
        line.channel().close();
      } catch (IOException e) {
        LOG.debug("closing a page connection", e);
      }
    }
  }

  /**
   * Wait until every page is present or dropped everywhere, or the process has ended.
   *
   * @throws PageConnectionLostException when a connection was lost before; {@link #reconnect} goes
   *     on
   * @throws IllegalStateException when something unforeseen failed; the cause tells
   */
  public PostCopyResult awaitCompletion() throws PageConnectionLostException, InterruptedException {
    try {
      return awaitCompletion(Duration.ofNanos(Long.MAX_VALUE / 2));
    } catch (TimeoutException e) {
      throw new IllegalStateException("waited for " + Long.MAX_VALUE / 2 + " ns", e);
    }
  }

  /**
   * Wait like {@link #awaitCompletion()}, but not for ever.
   *
   * @throws TimeoutException when pages are missing still; waiting again is possible
   */
  public PostCopyResult awaitCompletion(Duration timeout)
      throws PageConnectionLostException, InterruptedException, TimeoutException {
    IOException lost = completion.await(timeout.toNanos());
    if (lost != null && state.isSettled()) {
      // The other connection brought the last page at that very moment.
      completion.setComplete();
    } else if (lost != null) {
      throw new PageConnectionLostException(state.missingCount(), lost);
    }
    PostCopyResult result = statistics();
    if (!completion.isComplete()) {
      throw new TimeoutException(
          "%d of %d pages are missing after %s"
              .formatted(result.missingPages(), result.totalPages(), timeout));
    }
    if (!result.addsUp()) {
      throw new IllegalStateException("pages do not add up: " + result);
    }
    return result;
  }

  /**
   * Go on over new connections after {@link PageConnectionLostException}: whatever was asked for
   * and not answered is asked for again.
   *
   * @param demand like the constructor's
   * @param push like the constructor's
   * @throws IllegalStateException when no connection was lost
   */
  public synchronized void reconnect(FrameChannel demand, FrameChannel push)
      throws InterruptedException {
    if (!completion.isLost()) {
      throw new IllegalStateException("the page connections are not lost");
    }
    closeChannels();
    join(demandJob);
    join(pushJob);
    demandLine.moveTo(demand);
    pushLine.moveTo(push);
    completion.forgetLost();
    startReaders();
    try {
      demandLine.flush();
    } catch (IOException e) {
      lost(e);
    }
  }

  /** Whether every page is settled, or the process has ended: there is nothing left to wait for. */
  public boolean isComplete() {
    return completion.isComplete();
  }

  private static void join(StandbyThreads.@Nullable Job job) throws InterruptedException {
    if (job != null) {
      job.join();
    }
  }

  /** What was done so far. The checksum is whole once {@link #awaitCompletion()} has returned. */
  public PostCopyResult statistics() {
    PageChecksum checksum = new PageChecksum();
    checksum.merge(demandInstaller.checksum());
    checksum.merge(pushInstaller.checksum());
    long untilNanos = completion.isComplete() ? completion.completeNanos() : System.nanoTime();
    return new PostCopyResult(
        end.hasCome(state.process().isGone()),
        pages.pageCount(),
        state.hotPages(),
        state.count(PageKind.ZERO),
        state.count(PageKind.PUSHED),
        state.count(PageKind.DEMAND),
        state.count(PageKind.DROPPED),
        state.missingCount(),
        state.latencies().statistics(),
        state.pageBytes(),
        Duration.ofNanos(untilNanos - startNanos),
        checksum.value(),
        checksum.pageCount(),
        handler.forks());
  }

  /**
   * End the threads and close both connections; harmless when repeated.
   *
   * <p>The caller's userfaultfd stays open, and so does that of a child that still misses pages.
   */
  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    faultLoop.stop();
    closeChannels();
    for (StandbyThreads.@Nullable Job job : Arrays.asList(faultJob, demandJob, pushJob)) {
      if (job != null) {
        job.joinUninterruptibly();
      }
    }
    faultLoop.closeFinishedChildren();
    wake.close();
  }

  private final class LoopEvents implements FaultLoop.Events {
    @Override
    public void turned() {
      checkComplete();
      for (RequestLine line : lines) {
        // In this order: reconnecting makes questions young first, and forgets the loss after that.
        if (!completion.isLost()) {
          line.silence(options.replyTimeout()).ifPresent(PostCopy.this::lost);
        }
      }
    }

    @Override
    public void processEnded() {
      end.tell();
      if (completion.isLost()) {
        lost(new IOException("the process has ended"));
      }
    }
  }
}
