package io.github.livemigration.linux;

import io.github.livemigration.simulation.Kernel;

/** In place of the kernel's. */
public final class Pidfd implements AutoCloseable {
  private final int number;
  private final int pid;

  private Pidfd(int number, int pid) {
    this.number = number;
    this.pid = pid;
  }

  /** Open one. */
  public static Pidfd open(int pid) {
    Kernel.the().requireProcess(pid, "pidfd_open");
    return new Pidfd(Kernel.the().openDescriptor(() -> !Kernel.the().isThere(pid)), pid);
  }

  /** Returns whose it is. */
  public int pid() {
    return pid;
  }

  /** Returns whether the process has ended. */
  public boolean hasExited() {
    return new Poll(number).await(0);
  }

  /** Send a signal. */
  public void sendSignal(int signal) {
    Kernel.the().signal(pid, signal);
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
