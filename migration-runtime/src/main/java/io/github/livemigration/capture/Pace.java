package io.github.livemigration.capture;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets urgent reading rest while frozen threads run their tables: they have the usual priority, and
 * one that wakes up on the processor of a more urgent thread mostly waits there until that one is
 * done, though another processor may have nothing to do.
 */
final class Pace {
  private final Lock resting = new ReentrantLock();

  /** To be called after each short step of the reading; waits for the end of a rest. */
  void step() {
    whileResting(() -> true);
  }

  /** Do something while the readers rest, once they have made the step that they are in. */
  <T> T whileResting(Supplier<T> work) {
    resting.lock();
    try {
      return work.get();
    } finally {
      resting.unlock();
    }
  }
}
