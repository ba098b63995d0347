package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.pages.EarlyPages;
import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.pages.PageChecksum;
import io.github.livemigration.pages.PageConnectionLostException;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageRun;
import io.github.livemigration.pages.PostCopy;
import io.github.livemigration.pages.PostCopyListener;
import io.github.livemigration.pages.PostCopyOptions;
import io.github.livemigration.pages.PostCopyResult;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.ContentWriter;
import io.github.livemigration.restore.LivingProcess;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the pages of a restored process, and keeps the account that the source checks. */
final class PageFetcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageFetcher.class);

  private final LivingProcess process;
  private final PageMap pages;
  private final ReceivedSession.Pages described;
  private final List<PageContents> arrived;
  private final List<PageContents> planned;
  private final PostCopy postCopy;

  private PageFetcher(
      LivingProcess process,
      ReceivedSession.Pages described,
      List<PageContents> arrived,
      List<PageContents> planned,
      FrameChannel demand,
      FrameChannel push,
      StandbyThreads threads,
      PostCopyOptions options,
      MigrationListener listener) {
    this.process = process;
    this.described = described;
    this.arrived = arrived;
    this.planned = planned;
    pages = PageMap.ofRanges(described.toCome());
    List<AddressRange> there = new ArrayList<>(described.planned());
    there.addAll(described.hot());
    postCopy =
        new PostCopy(
            process.userfault(),
            pages,
            pages.indexesWithin(there),
            demand,
            push,
            process.pidfd(),
            threads,
            options.withWipedOnFork(described.wipedOnFork().stream().map(PageRun::of).toList()),
            new PostCopyListener() {
              @Override
              public void progress(long pagesDone, long pagesTotal) {
                listener.pagesArrived(pagesDone, pagesTotal);
              }
            });
  }

  /**
   * Fetch what has to be there before the process runs, and prepare for the rest.
   *
   * @param journal of what the kernel tells, for another receiver
   */
  static PageFetcher begin(
      SessionConnections session,
      ReceiverOptions options,
      LivingProcess process,
      MemoryImage memory,
      MemoryContents contents,
      ProcessPlan plan,
      StandbyThreads threads,
      boolean verify,
      ContentWriter writer,
      Optional<EventJournal> journal,
      MigrationListener listener)
      throws IOException {
    FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
    FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
    PageMap early = PageMap.ofRanges(contents.earlyPages());
    EarlyPages.fetch(push, early, writer::write);
    PostCopyOptions chosen = postCopyOptions(options, verify);
    return new PageFetcher(
        process,
        pagesOf(memory, contents),
        verify ? hot(memory, contents) : List.of(),
        verify ? plan.pages() : List.of(),
        demand,
        push,
        threads,
        journal.map(chosen::withJournal).orElse(chosen),
        listener);
  }

  /** Go on for another receiver; the connections count as lost. */
  static PageFetcher takeOver(
      ReceiverOptions options,
      LivingProcess process,
      ReceivedSession session,
      StandbyThreads threads,
      EventJournal journal,
      MigrationListener listener) {
    return new PageFetcher(
        process,
        session.pages(),
        List.of(),
        List.of(),
        FrameChannel.unconnected(),
        FrameChannel.unconnected(),
        threads,
        postCopyOptions(options, session.verify()).withJournal(journal),
        listener);
  }

  private static PostCopyOptions postCopyOptions(ReceiverOptions options, boolean verify) {
    return PostCopyOptions.defaults()
        .withVerify(verify)
        .withReplyTimeout(options.timeouts().demand());
  }

  /** Returns what another receiver would have to know of the pages. */
  ReceivedSession.Pages described() {
    return described;
  }

  private static ReceivedSession.Pages pagesOf(MemoryImage memory, MemoryContents contents) {
    return new ReceivedSession.Pages(
        contents.pagesToCome(),
        contents.plannedPages(),
        hot(memory, contents).stream().map(PageContents::range).toList(),
        wipedOnFork(memory));
  }

  private static List<PageContents> hot(MemoryImage memory, MemoryContents contents) {
    return Stream.concat(
            memory.rseqPages().stream(), contents.eagerPages().stream().filter(PageContents::hot))
        .toList();
  }

  /** The kernel does not tell that a child has got zeros there. */
  private static List<AddressRange> wipedOnFork(MemoryImage memory) {
    return memory.mappings().stream()
        .filter(mapping -> mapping.advice().contains(MappingAdvice.WIPEONFORK))
        .map(MappingState::range)
        .toList();
  }

  /** Answer faults and fetch the rest from now on. */
  void start() {
    postCopy.start();
  }

  /**
   * Find out what is there, and answer faults that need no source, from now on.
   *
   * @param everything whether all pages have arrived
   * @throws IllegalStateException where it cannot be known what belongs where
   */
  void takeOver(boolean everything) {
    postCopy.takeOver(process.pidfd().pid(), everything);
  }

  /** Go on over new page connections after {@link PageConnectionLostException}. */
  void reconnect(FrameChannel demand, FrameChannel push) throws InterruptedException {
    postCopy.reconnect(demand, push);
  }

  /** Whether there is nothing left to wait for. */
  boolean isComplete() {
    return postCopy.isComplete();
  }

  /** Returns a number that grows with each page that comes from the source. */
  long arrived() {
    PostCopyResult result = postCopy.statistics();
    return result.zeroPages()
        + result.pushedPages()
        + result.demandPages()
        + result.checksummedPages();
  }

  /**
   * Wait for some time.
   *
   * @throws PageConnectionLostException while the connections are lost
   */
  void await(Duration time) throws PageConnectionLostException, InterruptedException {
    try {
      postCopy.awaitCompletion(time);
    } catch (TimeoutException e) {
      LOG.trace("pages are missing still", e);
    }
  }

  /**
   * Wait until every page is here, or the process has ended.
   *
   * @throws PageConnectionLostException while the connections are lost
   */
  PageCompletion await(boolean verify) throws PageConnectionLostException, InterruptedException {
    PostCopyResult result = postCopy.awaitCompletion();
    int precopied = pages.indexesWithin(described.planned()).cardinality();
    PageChecksum hotChecksum = new PageChecksum();
    if (verify) {
      addArrived(hotChecksum);
    }
    return new PageCompletion(
        result.totalPages(),
        precopied,
        result.hotPages() - precopied,
        result.zeroPages(),
        result.pushedPages(),
        result.demandPages(),
        result.droppedPages(),
        result.missingPages(),
        result.processEnded(),
        result.checksum() + hotChecksum.value(),
        result.checksummedPages() + hotChecksum.pageCount(),
        new FaultLatency(
            result.faults().count(),
            result.faults().p50Micros(),
            result.faults().p99Micros(),
            result.faults().maxMicros()),
        result.drain().toNanos());
  }

  private void addArrived(PageChecksum checksum) {
    arrived.forEach(hot -> add(checksum, hot, pages));
    PageMap unchanged = PageMap.ofRanges(described.planned());
    planned.forEach(contents -> add(checksum, contents, unchanged));
  }

  private static void add(PageChecksum checksum, PageContents contents, PageMap counted) {
    ByteBuffer bytes = ByteBuffer.wrap(contents.bytes());
    for (int offset = 0; offset < contents.bytes().length; offset += PageRun.PAGE_BYTES) {
      if (counted.indexOf(contents.startAddress() + offset) >= 0) {
        bytes.limit(offset + PageRun.PAGE_BYTES).position(offset);
        checksum.add(contents.startAddress() + offset, bytes);
      }
    }
  }

  /**
   * End the fault handling and give up this process's descriptor. The page connections close with
   * it.
   */
  @Override
  public void close() {
    postCopy.close();
    process.userfault().close();
  }
}
