package io.github.livemigration.simulation;

import java.util.ArrayList;
import java.util.List;

/** Tasks wait for it to ring. */
public final class Bell {
  private List<Task> waiting = new ArrayList<>();

  /** Prepare. */
  public Bell() {}

  /**
   * Wait.
   *
   * @return whether it has rung in time
   */
  public boolean await(long nanos) {
    if (nanos <= 0) {
      return false;
    }
    waiting.add(Scheduler.the().running());
    return Scheduler.the().block(nanos);
  }

  /** Wake whoever waits. */
  public void ring() {
    List<Task> woken = waiting;
    waiting = new ArrayList<>();
    woken.forEach(Scheduler.the()::wake);
  }
}
