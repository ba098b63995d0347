package io.github.livemigration.tracee;

import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.ThreadStack;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The one platform thread that may trace the processes of a migration.
 *
 * <p>Linux accepts ptrace requests for a tracee from the thread that attached to it only
 * (ptrace(2)), and children spawned here can be waited for here only. When this thread ends the
 * kernel detaches what it still traces.
 */
public final class Tracer implements AutoCloseable {
  private final ExecutorService thread;

  /**
   * Start the thread.
   *
   * @param name for thread dumps
   */
  public Tracer(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread created = new Thread(() -> runRaised(work), name);
              created.setDaemon(true);
              return created;
            });
    // Threads are started with the first work, for which a process may stand still.
    thread.execute(ThreadStack::warm);
  }

  /** Between freeze and resume nothing waits for this thread's turn; at other times it sleeps. */
  private static void runRaised(Runnable work) {
    ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
    work.run();
  }

  /**
   * Run work on the tracer's thread and wait for its result.
   *
   * <p>An exception of the work is thrown here as it is. When the caller is interrupted the work
   * goes on to its end: a tracee must not be left in the middle of a step.
   */
  public <T> T call(Callable<T> work) throws Exception {
    return await(thread.submit(work));
  }

  /**
   * Hand work to the tracer's thread and go on meanwhile.
   *
   * @return to be given to {@link #await}
   */
  public Future<?> start(Runnable work) {
    return thread.submit(work);
  }

  /** Wait for the end of work as {@link #call} does. */
  public static <T> T await(Future<T> future) throws Exception {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw unwrapped(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Run work without a result on the tracer's thread and wait for its end. */
  public void run(Runnable work) throws Exception {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  /** Like {@link #run}, with the usual priority: no process stands still for it. */
  public void runUnhurried(Runnable work) throws Exception {
    run(
        () -> {
          ThreadPriority.reset();
          try {
            work.run();
          } finally {
            ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
          }
        });
  }

  private static Exception unwrapped(ExecutionException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof Exception exception ? exception : failure;
  }

  /** Let the thread end after the work that was handed to it. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
