package io.github.livemigration.harness;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody notifies about: files, and processes that are not our children. */
final class Waiting {

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Waiting() {}

  /**
   * Look every few milliseconds until the condition holds.
   *
   * @return whether it held before the time was over
   * @throws HarnessException if the thread is interrupted
   */
  static boolean until(Duration atMost, BooleanSupplier condition) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new HarnessException("interrupted while waiting for a process");
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** Wait for a thread to end; an interruption ends the waiting and is kept. */
  static void join(Thread thread, Duration atMost) {
    try {
      thread.join(Math.max(1, atMost.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
