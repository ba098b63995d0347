package io.github.livemigration.session;

import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.pages.PageConnectionLostException;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PostCopy;
import io.github.livemigration.pages.PostCopyListener;
import io.github.livemigration.pages.PostCopyOptions;
import io.github.livemigration.pages.PostCopyResult;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.LivingProcess;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** In place of the one that knows images: no page is there beforehand. */
final class PageFetcher implements AutoCloseable {
  private final LivingProcess process;
  private final PostCopy postCopy;

  private PageFetcher(
      LivingProcess process,
      PageMap pages,
      FrameChannel demand,
      FrameChannel push,
      StandbyThreads threads,
      PostCopyOptions options) {
    this.process = process;
    postCopy =
        new PostCopy(
            process.userfault(),
            pages,
            new BitSet(),
            demand,
            push,
            process.pidfd(),
            threads,
            options,
            PostCopyListener.none());
  }

  static PageFetcher begin(
      SessionConnections session,
      ReceiverOptions options,
      LivingProcess process,
      PageMap pages,
      StandbyThreads threads,
      Optional<EventJournal> journal)
      throws IOException {
    FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
    FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
    PostCopyOptions chosen = chosen(options);
    return new PageFetcher(
        process, pages, demand, push, threads, journal.map(chosen::withJournal).orElse(chosen));
  }

  static PageFetcher takeOver(
      ReceiverOptions options,
      LivingProcess process,
      ReceivedSession session,
      StandbyThreads threads,
      EventJournal journal,
      MigrationListener ignored) {
    return new PageFetcher(
        process,
        PageMap.ofRanges(session.pages().toCome()),
        FrameChannel.unconnected(),
        FrameChannel.unconnected(),
        threads,
        chosen(options).withJournal(journal));
  }

  private static PostCopyOptions chosen(ReceiverOptions options) {
    return PostCopyOptions.defaults()
        .withVerify(true)
        .withReplyTimeout(options.timeouts().demand());
  }

  void takeOver(boolean everything) {
    postCopy.takeOver(process.pidfd().pid(), everything);
  }

  void start() {
    postCopy.start();
  }

  void reconnect(FrameChannel demand, FrameChannel push) throws InterruptedException {
    postCopy.reconnect(demand, push);
  }

  boolean isComplete() {
    return postCopy.isComplete();
  }

  long arrived() {
    PostCopyResult result = postCopy.statistics();
    return result.zeroPages()
        + result.pushedPages()
        + result.demandPages()
        + result.checksummedPages();
  }

  void await(Duration time) throws PageConnectionLostException, InterruptedException {
    try {
      postCopy.awaitCompletion(time);
    } catch (TimeoutException e) {
      // Whoever waits looks again.
    }
  }

  PageCompletion await(boolean verify) throws PageConnectionLostException, InterruptedException {
    PostCopyResult result = postCopy.awaitCompletion();
    return new PageCompletion(
        result.totalPages(),
        0,
        result.hotPages(),
        result.zeroPages(),
        result.pushedPages(),
        result.demandPages(),
        result.droppedPages(),
        result.missingPages(),
        result.processEnded(),
        result.checksum(),
        result.checksummedPages(),
        new FaultLatency(
            result.faults().count(),
            result.faults().p50Micros(),
            result.faults().p99Micros(),
            result.faults().maxMicros()),
        result.drain().toNanos());
  }

  @Override
  public void close() {
    postCopy.close();
    process.userfault().close();
  }
}
