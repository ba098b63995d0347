package io.github.livemigration.linux;

import io.github.livemigration.simulation.Kernel;

/** In place of the kernel's. */
public final class EventFd implements AutoCloseable {
  private boolean signalled;
  private final int number = Kernel.the().openDescriptor(() -> signalled);

  private EventFd() {}

  /** Make one. */
  public static EventFd create() {
    return new EventFd();
  }

  /** Make it readable. */
  public void signal() {
    signalled = true;
    Kernel.the().changed();
  }

  /** Make it not readable. */
  public long drain() {
    long count = signalled ? 1 : 0;
    signalled = false;
    return count;
  }

  /** Returns its number. */
  public int number() {
    return number;
  }

  @Override
  public void close() {
    Kernel.the().closeDescriptor(number);
  }
}
