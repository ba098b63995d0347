package io.github.livemigration.simulation;

import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process on the source host, and all copies of it. Each change of either is looked at: never do
 * two run, never is there none that could.
 */
public final class Source {
  /** Two steps that are too slow, and what the sender waits for after them. */
  private static final long LONGEST_FREEZE_NANOS = TimeUnit.SECONDS.toNanos(2 * 90 + 30 + 1);

  private final int pid;
  private final PageMap pages;
  private final List<Copy> copies = new ArrayList<>();
  private @Nullable Program tracer;
  private long frozenNanos;
  private boolean stopped;
  private boolean parked;
  private boolean gone;
  private boolean givenUp;

  Source(int pid, PageMap pages) {
    this.pid = pid;
    this.pages = pages;
  }

  /** Returns its id. */
  public int pid() {
    return pid;
  }

  /** Returns what it has in memory. */
  public PageMap pages() {
    return pages;
  }

  void addCopy(Copy copy) {
    copies.add(copy);
  }

  /** Returns the copy that runs or is stopped. */
  public @Nullable Copy liveCopy() {
    return copies.stream().filter(Copy::isLive).findFirst().orElse(null);
  }

  /** Returns whether it executes instructions of its own. */
  public boolean runs() {
    return !gone && tracer == null && !stopped && !parked;
  }

  /** Returns whether it has ended. */
  public boolean isGone() {
    return gone;
  }

  /** Seize and interrupt. */
  public void freeze() {
    tracer = Program.current();
    frozenNanos = Scheduler.the().nanoTime();
    check();
  }

  /** Queue a SIGSTOP, or take it back. */
  public void hold(boolean choice) {
    Scheduler.the().requireAlive();
    if (choice && Scheduler.the().nanoTime() - frozenNanos > LONGEST_FREEZE_NANOS) {
      throw Scheduler.the().broken("frozen for too long before COMMIT: " + this);
    }
    stopped = choice;
    check();
  }

  /** Put it into pause(2), or back to where it was. */
  public void park(boolean choice) {
    Scheduler.the().requireAlive();
    parked = choice;
    check();
  }

  /** Detach. */
  public void thaw() {
    Scheduler.the().requireAlive();
    tracer = null;
    check();
  }

  /** Kill it because the destination has everything. */
  public void end() {
    Scheduler.the().requireAlive();
    gone = true;
    Kernel.the().changed();
    check();
  }

  void goOn() {
    stopped = false;
    check();
  }

  void tracerEnded(Program program) {
    if (tracer == program) {
      tracer = null;
      check();
    }
  }

  /** Returns whether nobody is interested in it any more. */
  boolean isGivenUp() {
    return givenUp;
  }

  /** The user has seen enough of it. */
  public void giveUp() {
    givenUp = true;
    gone = true;
    copies.forEach(Copy::end);
    Kernel.the().changed();
    Kernel.the().reap(this);
  }

  char state() {
    return tracer != null ? 't' : stopped ? 'T' : 'S';
  }

  int tracerPid() {
    return tracer == null ? 0 : tracer.pid();
  }

  void check() {
    if (givenUp) {
      return;
    }
    long running = copies.stream().filter(Copy::runs).count() + (runs() ? 1 : 0);
    if (running > 1) {
      throw Scheduler.the().broken("two copies run: " + this);
    }
    if (gone && copies.stream().noneMatch(copy -> copy.isLive() && copy.isWhole())) {
      throw Scheduler.the().broken("no copy can run: " + this);
    }
  }

  @Override
  public String toString() {
    return "process %d %s%s%s%s, copies %s"
        .formatted(
            pid,
            gone ? "gone" : "there",
            tracer == null ? "" : ", traced by " + tracer,
            stopped ? ", stopped" : "",
            parked ? ", parked" : "",
            copies);
  }
}
