package io.github.livemigration.session;

import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageServer;
import io.github.livemigration.pages.PageSource;

/**
 * Answers the receiver's requests for pages on both page connections, each in a thread of its own.
 */
final class PageService implements AutoCloseable {
  private final PageServer demand;
  private final PageServer push;
  private final Thread demandThread;
  private final Thread pushThread;

  PageService(Connections connections, PageMap pages, PageSource memory) {
    demand = new PageServer(connections.demand(), pages, memory);
    push = new PageServer(connections.push(), pages, memory);
    demandThread = start(this::serveDemand, "demand pages");
    pushThread = start(push, "push pages");
  }

  private void serveDemand() {
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    demand.run();
  }

  private static Thread start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Close the connections and wait until nobody reads the target's memory any more. */
  @Override
  public void close() {
    demand.close();
    push.close();
    boolean interrupted = false;
    for (Thread thread : new Thread[] {demandThread, pushThread}) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
