package io.github.livemigration.pages;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The outcome that the threads of {@link PostCopy} work for and another thread waits for.
 * Thread-safe.
 */
final class Completion {
  private boolean complete;
  private long completeNanos;
  private @Nullable IOException lost;
  private @Nullable Throwable failure;

  /** Everything is there; stays so. */
  synchronized void setComplete() {
    if (!complete) {
      complete = true;
      completeNanos = System.nanoTime();
      notifyAll();
    }
  }

  synchronized boolean isComplete() {
    return complete;
  }

  synchronized long completeNanos() {
    return completeNanos;
  }

  /** A connection was lost; returns whether it is the first one to be. */
  synchronized boolean setLost(IOException reason) {
    if (complete || lost != null) {
      return false;
    }
    lost = reason;
    notifyAll();
    return true;
  }

  /** The connections are there again. */
  synchronized void forgetLost() {
    lost = null;
  }

  synchronized boolean isLost() {
    return lost != null;
  }

  /** Something happened that nobody has thought of. */
  synchronized void setFailed(Throwable reason) {
    if (failure == null) {
      failure = reason;
      notifyAll();
    }
  }

  /**
   * Wait for an outcome.
   *
   * @param nanos longest time
   * @return why the connection was lost, or {@code null} when everything is there or the time is
   *     over
   * @throws IllegalStateException when something has failed
   */
  synchronized @Nullable IOException await(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (!complete) {
      if (failure != null) {
        throw new IllegalStateException("post-copy failed: " + failure.getMessage(), failure);
      }
      if (lost != null) {
        return lost;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return null;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return null;
  }
}
