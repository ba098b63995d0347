package io.github.livemigration.linux;

/** In place of the kernel's. */
public final class ThreadPriority {
  private ThreadPriority() {}

  /** How much somebody waits. */
  public enum Urgency {
    /** A thread. */
    SOME_THREAD_WAITS,
    /** All of a process. */
    PROCESS_WAITS
  }

  /** Does nothing. */
  public static boolean raise(Urgency urgency) {
    return urgency == Urgency.PROCESS_WAITS;
  }

  /** Does nothing. */
  public static boolean reset() {
    return true;
  }

  /** Does nothing. */
  public static void stepBack() {
    // All threads of the simulation are alike.
  }

  /** Does nothing. */
  public static void giveWay() {
    // The scheduler of the simulation decides.
  }
}
