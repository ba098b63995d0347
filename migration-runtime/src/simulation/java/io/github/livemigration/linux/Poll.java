package io.github.livemigration.linux;

import io.github.livemigration.simulation.Kernel;
import io.github.livemigration.simulation.Scheduler;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** In place of the kernel's. */
public final class Poll {
  private final int[] fds;
  private final boolean[] readable;

  /** Prepare. */
  public Poll(int... fds) {
    this.fds = fds;
    this.readable = new boolean[fds.length];
  }

  /** Wait until one of the descriptors is readable. */
  public boolean await(int timeoutMillis) {
    Scheduler scheduler = Scheduler.the();
    scheduler.requireAlive();
    long wait =
        timeoutMillis < 0 ? Scheduler.FOR_EVER : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    long deadline = scheduler.nanoTime() + wait;
    while (!look()) {
      long left = deadline - scheduler.nanoTime();
      if (left <= 0) {
        return false;
      }
      Kernel.the().awaitChange(left);
    }
    return true;
  }

  private boolean look() {
    boolean any = false;
    for (int i = 0; i < fds.length; i++) {
      readable[i] = Kernel.the().isReadable(fds[i]);
      any |= readable[i];
    }
    return any;
  }

  /** Returns what the last call has found. */
  public boolean readable(int index) {
    return readable[index];
  }

  /** Returns that all is well. */
  public boolean hungUp(int index) {
    return fds[index] < 0;
  }

  @Override
  public String toString() {
    return "poll " + Arrays.toString(fds);
  }
}
