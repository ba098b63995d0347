package io.github.livemigration.simulation;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread of a program. One of all tasks runs at a time; the others wait until it lets go. */
public final class Task {
  private final int id;
  private final String name;
  private final Program program;
  private final Thread thread;
  private final Bell ended = new Bell();
  private volatile boolean granted;
  private volatile @Nullable Object monitor;
  private boolean blocked;
  private boolean woken;
  private boolean dying;
  private boolean over;
  private long waits;

  Task(int id, String name, Program program, Runnable body) {
    this.id = id;
    this.name = name;
    this.program = program;
    this.thread = new Thread(body, "simulated " + name);
    thread.setDaemon(true);
  }

  int id() {
    return id;
  }

  Program program() {
    return program;
  }

  Thread thread() {
    return thread;
  }

  /** Wait for the end of the task. */
  public void join() {
    while (!over) {
      ended.await(Scheduler.FOR_EVER);
    }
  }

  /**
   * Wait for the end of the task.
   *
   * @return whether it has ended in time
   */
  public boolean join(long nanos) {
    long deadline = Scheduler.the().nanoTime() + nanos;
    while (!over && Scheduler.the().nanoTime() < deadline) {
      ended.await(deadline - Scheduler.the().nanoTime());
    }
    return over;
  }

  void setOver() {
    over = true;
    blocked = false;
    ended.ring();
  }

  boolean isOver() {
    return over;
  }

  boolean isDying() {
    return dying;
  }

  void setDying() {
    dying = true;
  }

  boolean isBlocked() {
    return blocked;
  }

  /** Begin to wait; returns the number of this wait. */
  long block() {
    blocked = true;
    woken = false;
    waits++;
    return waits;
  }

  void unblock(boolean byOther) {
    blocked = false;
    woken = byOther;
  }

  boolean isInWait(long number) {
    return blocked && waits == number;
  }

  boolean wasWoken() {
    return woken;
  }

  @Nullable Object monitor() {
    return monitor;
  }

  void monitor(@Nullable Object choice) {
    monitor = choice;
  }

  void withdraw() {
    granted = false;
  }

  /** Let the task run. */
  void grant() {
    Object waitsIn = monitor;
    if (waitsIn == null) {
      granted = true;
      LockSupport.unpark(thread);
    } else {
      synchronized (waitsIn) {
        granted = true;
        waitsIn.notifyAll();
      }
    }
  }

  /** Sleep, in real time, until {@link #grant}; a monitor that the task holds is free meanwhile. */
  void awaitGrant() throws InterruptedException {
    Object waitsIn = monitor;
    while (!granted) {
      if (waitsIn == null) {
        LockSupport.park(this);
      } else {
        waitsIn.wait();
      }
    }
  }

  @Override
  public String toString() {
    return program + ": " + name + (blocked ? " waits" : " can run");
  }
}
