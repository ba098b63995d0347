package io.github.livemigration.linux;

import io.github.livemigration.simulation.Kernel;

/** In place of the kernel's. */
public final class Signals {
  /** Ends. */
  public static final int SIGKILL = 9;

  /** Continues. */
  public static final int SIGCONT = 18;

  /** Stops. */
  public static final int SIGSTOP = 19;

  private Signals() {}

  /** Send a signal. */
  public static void kill(int pid, int signal) {
    Kernel.the().signal(pid, signal);
  }
}
