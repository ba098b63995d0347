package io.github.livemigration.session;

import io.github.livemigration.image.MappingAdvice;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
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

/** Brings the pages of a restored process, and keeps the account that the source checks. */
final class PageFetcher implements AutoCloseable {
  private final RestoredProcess process;
  private final PageMap pages;
  private final List<PageContents> hot;
  private final PostCopy postCopy;

  PageFetcher(
      SessionConnections session,
      ReceiverOptions options,
      RestoredProcess process,
      ProcessImage image,
      StandbyThreads threads,
      boolean verify,
      ContentWriter writer,
      MigrationListener listener)
      throws IOException {
    this.process = process;
    pages = PageMap.ofRanges(image.memory().pagesToCome());
    hot = image.memory().eagerPages().stream().filter(PageContents::hot).toList();
    List<PageRun> hotRuns = new ArrayList<>();
    hot.forEach(contents -> hotRuns.add(PageRun.of(contents.range())));
    FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
    FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
    PageMap early = PageMap.ofRanges(image.memory().earlyPages());
    EarlyPages.fetch(push, early, writer::write);
    postCopy =
        new PostCopy(
            process.userfault(),
            pages,
            pages.indexesOf(hotRuns),
            demand,
            push,
            process.pidfd(),
            threads,
            PostCopyOptions.defaults()
                .withVerify(verify)
                .withReplyTimeout(options.timeouts().demand())
                .withWipedOnFork(wipedOnFork(image)),
            new PostCopyListener() {
              @Override
              public void progress(long pagesDone, long pagesTotal) {
                listener.pagesArrived(pagesDone, pagesTotal);
              }
            });
  }

  /** The kernel does not tell that a child has got zeros there. */
  private static List<PageRun> wipedOnFork(ProcessImage image) {
    return image.memory().mappings().stream()
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
    PageChecksum hotChecksum = new PageChecksum();
    if (verify) {
      hot.forEach(contents -> add(hotChecksum, contents));
    }
    return new PageCompletion(
        result.totalPages(),
        result.hotPages(),
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

  private static void add(PageChecksum checksum, PageContents contents) {
    ByteBuffer bytes = ByteBuffer.wrap(contents.bytes());
    for (int offset = 0; offset < contents.bytes().length; offset += PageRun.PAGE_BYTES) {
      bytes.limit(offset + PageRun.PAGE_BYTES).position(offset);
      checksum.add(contents.startAddress() + offset, bytes);
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
