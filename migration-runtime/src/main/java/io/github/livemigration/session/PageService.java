package io.github.livemigration.session;

import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageServer;
import io.github.livemigration.pages.PageSource;
import io.github.livemigration.pages.StandbyThreads;
import java.util.List;

/**
 * Answers the receiver's requests for pages on both page connections, each in a thread of its own.
 */
final class PageService implements AutoCloseable {
  private final PageServer demand;
  private final PageServer push;
  private final StandbyThreads.Job demandJob;
  private final StandbyThreads.Job pushJob;

  PageService(Connections connections, PageMap pages, PageSource memory, StandbyThreads threads) {
    demand = new PageServer(connections.demand(), pages, memory);
    push = new PageServer(connections.push(), pages, memory);
    demandJob = threads.start("demand pages", this::serveDemand);
    pushJob = threads.start("push pages", push);
  }

  private void serveDemand() {
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    demand.run();
  }

  /** Close the connections and wait until nobody reads the target's memory any more. */
  @Override
  public void close() {
    demand.close();
    push.close();
    boolean interrupted = false;
    for (StandbyThreads.Job job : List.of(demandJob, pushJob)) {
      interrupted |= join(job);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the wait was interrupted; it goes on all the same. */
  private static boolean join(StandbyThreads.Job job) {
    boolean interrupted = false;
    while (true) {
      try {
        job.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
