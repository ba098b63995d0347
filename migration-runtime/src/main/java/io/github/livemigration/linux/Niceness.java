package io.github.livemigration.linux;

/**
 * The nice value of all threads of this JVM, those of its compilers and collectors included: Linux
 * has one for each thread, and a new thread or process starts with that of the one that makes it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a>
 */
final class Niceness {
  private static final int PRIO_PROCESS = 0;
  private static final int BIAS = 20;

  private final int nice;

  private Niceness(int nice) {
    this.nice = nice;
  }

  /** Returns that of the calling thread, for what {@link #restore} puts back. */
  static Niceness current() {
    // The system call gives 20 - nice, so that no result looks like an error.
    return new Niceness(BIAS - (int) LibC.call(X8664.GETPRIORITY, PRIO_PROCESS, 0, 0));
  }

  /**
   * Give all threads a higher value, if the kernel permits to take that back, for which it wants
   * CAP_SYS_NICE or RLIMIT_NICE.
   */
  void raiseTo(int value) {
    if (value > nice && mayComeBack()) {
      setAll(value);
    }
  }

  /** Give the calling thread a higher value, for good. */
  static void raiseCaller(int value) {
    if (value > current().nice) {
      set(0, value);
    }
  }

  /** Give all threads this value, also those that were started meanwhile. */
  void restore() {
    setAll(nice);
    setAll(nice); // One that was not looked at yet may have started another.
  }

  /** Tried on a thread that ends, as what cannot be taken back would stay. */
  private boolean mayComeBack() {
    boolean[] back = {false};
    Thread trial =
        new Thread(
            () -> back[0] = set(0, nice + 1) && set(0, nice), "looks whether nice may go down");
    trial.start();
    boolean interrupted = false;
    while (true) {
      try {
        trial.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return back[0];
  }

  private static void setAll(int value) {
    for (int tid : ProcFs.threads(SelfProcess.pid())) {
      set(tid, value);
    }
  }

  /** Returns whether it did; a thread that ends meanwhile needs none. */
  private static boolean set(int tid, int value) {
    return LibC.call(X8664.SETPRIORITY, PRIO_PROCESS, tid, value) == 0;
  }
}
