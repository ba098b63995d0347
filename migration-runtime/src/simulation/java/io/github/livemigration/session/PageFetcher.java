package io.github.livemigration.session;

import io.github.livemigration.pages.PageConnectionLostException;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PostCopy;
import io.github.livemigration.pages.PostCopyListener;
import io.github.livemigration.pages.PostCopyOptions;
import io.github.livemigration.pages.PostCopyResult;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.util.BitSet;

/** In place of the one that knows images: no page is there beforehand. */
final class PageFetcher implements AutoCloseable {
  private final RestoredProcess process;
  private final PostCopy postCopy;

  PageFetcher(
      SessionConnections session,
      ReceiverOptions options,
      RestoredProcess process,
      PageMap pages,
      StandbyThreads threads)
      throws IOException {
    this.process = process;
    FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
    FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
    postCopy =
        new PostCopy(
            process.userfault(),
            pages,
            new BitSet(),
            demand,
            push,
            process.pidfd(),
            threads,
            PostCopyOptions.defaults()
                .withVerify(true)
                .withReplyTimeout(options.timeouts().demand()),
            PostCopyListener.none());
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
