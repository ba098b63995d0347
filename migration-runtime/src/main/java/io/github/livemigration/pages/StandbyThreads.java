package io.github.livemigration.pages;

import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.ThreadStack;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Daemon threads that are started before there is work for them.
 *
 * <p>To start a thread is to wait until the scheduler gets to it, several milliseconds on a busy
 * host. That must not happen while a process stands still. So they wait with the priority of {@link
 * ThreadPriority.Urgency#SOME_THREAD_WAITS}, and leave it to their work to choose another.
 * Thread-safe.
 */
public final class StandbyThreads implements AutoCloseable {
  private final BlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
  private final AtomicInteger idle = new AtomicInteger();
  private final Job end = new Job("", () -> {});

  /**
   * Start threads that wait.
   *
   * @param count 0 or more; further work gets threads of its own
   */
  public StandbyThreads(int count) {
    idle.set(count);
    for (int i = 0; i < count; i++) {
      daemon(this::waitForWork, "standby").start();
    }
  }

  /** Work that a thread does. */
  public static final class Job {
    private final String name;
    private final Runnable work;
    private final CountDownLatch done = new CountDownLatch(1);

    private Job(String name, Runnable work) {
      this.name = name;
      this.work = work;
    }

    private void run() {
      Thread.currentThread().setName(name);
      try {
        work.run();
      } finally {
        done.countDown();
      }
    }

    /** Wait for the end of the work. */
    public void join() throws InterruptedException {
      done.await();
    }

    /** Wait for the end of the work; an interrupt is left to who comes after. */
    public void joinUninterruptibly() {
      boolean interrupted = false;
      while (done.getCount() > 0) {
        try {
          done.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Hand work to a waiting thread, or to a new one if none is left.
   *
   * @param name of the thread from now on
   */
  public Job start(String name, Runnable work) {
    Job job = new Job(name, work);
    if (idle.getAndDecrement() > 0) {
      jobs.add(job);
    } else {
      daemon(job::run, name).start();
    }
    return job;
  }

  private void waitForWork() {
    PageBuffer.ofThisThread();
    ThreadStack.warm();
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS); // What it is woken for, too.
    boolean interrupted = false;
    while (true) {
      try {
        Job job = jobs.take();
        if (job != end) {
          job.run();
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    PageBuffer.leave();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Let threads end that still wait. Harmless when repeated; work that was handed over goes on. */
  @Override
  public void close() {
    for (int left = idle.getAndSet(0); left > 0; left--) {
      jobs.add(end);
    }
  }
}
