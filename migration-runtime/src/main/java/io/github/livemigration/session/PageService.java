package io.github.livemigration.session;

import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageServer;
import io.github.livemigration.pages.PageSource;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.wire.FrameChannel;
import org.jspecify.annotations.Nullable;

/**
 * Answers the receiver's requests for pages on both page connections, each in a thread of its own.
 */
final class PageService implements AutoCloseable {
  private final PageServer demand;
  private final PageServer push;
  private final StandbyThreads.Job demandJob;
  private final StandbyThreads.Job pushJob;
  private @Nullable FrameChannel companion;
  private boolean ended;

  PageService(Connections connections, PageMap pages, PageSource memory, StandbyThreads threads) {
    demand = new PageServer(connections.demand(), pages, memory);
    push = new PageServer(connections.push(), pages, memory, ThreadPriority::giveWay);
    demandJob = threads.start("demand pages", this::serveDemand);
    pushJob = threads.start("push pages", this::servePush);
  }

  private void serveDemand() {
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    try {
      demand.run();
    } finally {
      lost();
    }
  }

  private void servePush() {
    ThreadPriority.stepBack();
    try {
      push.run();
    } finally {
      lost();
    }
  }

  private synchronized void lost() {
    ended = true;
    if (companion != null) {
      QuietClose.close(companion);
    }
  }

  /**
   * From now on a page connection that ends takes another one with it, so that whoever waits there
   * notices; until {@link #close}.
   */
  synchronized void takeAlong(FrameChannel channel) {
    companion = channel;
    if (ended) {
      QuietClose.close(channel);
    }
  }

  /** Returns whether a page was served; exact after {@link #close}. */
  boolean wasUseful() {
    return demand.statistics().pages() + push.statistics().pages() > 0;
  }

  private synchronized void letGo() {
    companion = null;
  }

  /** Close the connections and wait until nobody reads the target's memory any more. */
  @Override
  public void close() {
    letGo();
    demand.close();
    push.close();
    demandJob.joinUninterruptibly();
    pushJob.joinUninterruptibly();
  }
}
