package io.github.livemigration.tracee;

/**
 * What a thread needs to go on by itself where it was stopped.
 *
 * @param registers as they were
 * @param alone the registers with which it goes on if its tracer dies; a call that the stop has
 *     ended begins again
 * @param signalMask as it was
 * @param quietSignal by which the thread stops after remote calls if its tracer is alive, and which
 *     means nothing to the program if not
 */
public record WayBack(Registers registers, Registers alone, long signalMask, int quietSignal) {
  private static final int SIGCHLD = 17;
  private static final int SIGURG = 23;
  private static final int SIGWINCH = 28;

  /** Ignored unless the program handles them. */
  private static final int[] QUIET_SIGNALS = {SIGURG, SIGWINCH, SIGCHLD};

  /**
   * Returns a signal that does nothing in a program. Where it handles all of them this is SIGURG,
   * of which a program has to expect that it comes without a reason.
   *
   * @param inUse signals that the program handles or that are pending, bit n-1 for signal n
   */
  public static int quietSignal(long inUse) {
    for (int signal : QUIET_SIGNALS) {
      if ((inUse & 1L << (signal - 1)) == 0) {
        return signal;
      }
    }
    return SIGURG;
  }
}
