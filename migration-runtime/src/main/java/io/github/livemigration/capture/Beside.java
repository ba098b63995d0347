package io.github.livemigration.capture;

import io.github.livemigration.linux.ThreadPriority;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reading that does not take the tracer's thread, while the process stands still. */
final class Beside {
  /** Idle threads end by themselves. */
  private static final ExecutorService READERS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "reader of /proc");
            thread.setDaemon(true);
            return thread;
          });

  private Beside() {}

  /** Read on another thread. */
  static <T> Future<T> start(Callable<T> reading) {
    return start(ThreadPriority.Urgency.PROCESS_WAITS, reading);
  }

  /** Read on another thread, with less haste. */
  static <T> Future<T> start(ThreadPriority.Urgency urgency, Callable<T> reading) {
    return READERS.submit(
        () -> {
          ThreadPriority.raise(urgency);
          return reading.call();
        });
  }

  /** Have another thread help with what does not depend on it. */
  static void help(Runnable work) {
    READERS.execute(
        () -> {
          ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
          work.run();
        });
  }

  /** Have another thread do what nobody waits for, without haste. */
  static void afterwards(Runnable work) {
    READERS.execute(
        () -> {
          ThreadPriority.reset(); // It may have read for a process before.
          work.run();
        });
  }

  /** Wait for what was read. */
  static <T> T result(Future<T> reading) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return reading.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
