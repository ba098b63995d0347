package io.github.livemigration.pages;

import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Task;

/** In place of the one with real threads. */
public final class StandbyThreads implements AutoCloseable {
  /** Prepare. */
  public StandbyThreads(int count) {}

  /** Work that a thread does. */
  public static final class Job {
    private final Task task;

    private Job(Task task) {
      this.task = task;
    }

    /** Wait for the end of the work. */
    public void join() throws InterruptedException {
      task.join();
    }

    public void joinUninterruptibly() {
      task.join();
    }
  }

  /** Hand work to a thread. */
  public Job start(String name, Runnable work) {
    return new Job(Scheduler.the().spawn(name, work));
  }

  @Override
  public void close() {
    // Threads end by themselves.
  }
}
