package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.pages.EarlyPages;
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
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Brings the pages of a restored process, and keeps the account that the source checks. */
final class PageFetcher implements AutoCloseable {
  private final RestoredProcess process;
  private final PageMap pages;
  private final MemoryImage memory;
  private final MemoryContents contents;
  private final List<PageContents> planned;
  private final PostCopy postCopy;

  PageFetcher(
      SessionConnections session,
      ReceiverOptions options,
      RestoredProcess process,
      MemoryImage memory,
      MemoryContents contents,
      ProcessPlan plan,
      StandbyThreads threads,
      boolean verify,
      ContentWriter writer,
      MigrationListener listener)
      throws IOException {
    this.process = process;
    pages = PageMap.ofRanges(contents.pagesToCome());
    this.memory = memory;
    this.contents = contents;
    planned = verify ? plan.pages() : List.of();
    FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
    FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
    PageMap early = PageMap.ofRanges(contents.earlyPages());
    EarlyPages.fetch(push, early, writer::write);
    postCopy =
        new PostCopy(
            process.userfault(),
            pages,
            pages.indexesWithin(arrived()),
            demand,
            push,
            process.pidfd(),
            threads,
            PostCopyOptions.defaults()
                .withVerify(verify)
                .withReplyTimeout(options.timeouts().demand())
                .withWipedOnFork(wipedOnFork(memory)),
            new PostCopyListener() {
              @Override
              public void progress(long pagesDone, long pagesTotal) {
                listener.pagesArrived(pagesDone, pagesTotal);
              }
            });
  }

  /** Pages that are there: with the content of the image, or else with that of the plan. */
  private List<AddressRange> arrived() {
    List<AddressRange> arrived = new ArrayList<>(contents.plannedPages());
    hotPages().forEach(hot -> arrived.add(hot.range()));
    return arrived;
  }

  private Stream<PageContents> hotPages() {
    return Stream.concat(
        memory.rseqPages().stream(), contents.eagerPages().stream().filter(PageContents::hot));
  }

  /** The kernel does not tell that a child has got zeros there. */
  private static List<PageRun> wipedOnFork(MemoryImage memory) {
    return memory.mappings().stream()
        .filter(mapping -> mapping.advice().contains(MappingAdvice.WIPEONFORK))
        .map(mapping -> PageRun.of(mapping.range()))
        .toList();
  }

  /** Answer faults and fetch the rest from now on. */
  void start() {
    postCopy.start();
  }

  /** Go on over new page connections after {@link PageConnectionLostException}. */
  void reconnect(FrameChannel demand, FrameChannel push) throws InterruptedException {
    postCopy.reconnect(demand, push);
  }

  /** Whether there is nothing left to wait for. */
  boolean isComplete() {
    return postCopy.isComplete();
  }

  /**
   * Wait until every page is here, or the process has ended.
   *
   * @throws PageConnectionLostException while the connections are lost
   */
  PageCompletion await(boolean verify) throws PageConnectionLostException, InterruptedException {
    PostCopyResult result = postCopy.awaitCompletion();
    int precopied = pages.indexesWithin(contents.plannedPages()).cardinality();
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
    hotPages().forEach(hot -> add(checksum, hot, pages));
    PageMap unchanged = PageMap.ofRanges(contents.plannedPages());
    planned.forEach(pages -> add(checksum, pages, unchanged));
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
