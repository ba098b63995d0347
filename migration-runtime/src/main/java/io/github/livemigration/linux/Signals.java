package io.github.livemigration.linux;

import java.util.List;

/**
 * Signal numbers and sending.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
public final class Signals {
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGILL = 4;
  public static final int SIGTRAP = 5;
  public static final int SIGABRT = 6;
  public static final int SIGBUS = 7;
  public static final int SIGFPE = 8;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGSEGV = 11;
  public static final int SIGUSR2 = 12;
  public static final int SIGPIPE = 13;
  public static final int SIGALRM = 14;
  public static final int SIGTERM = 15;
  public static final int SIGSTKFLT = 16;
  public static final int SIGCHLD = 17;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGTSTP = 20;
  public static final int SIGTTIN = 21;
  public static final int SIGTTOU = 22;
  public static final int SIGURG = 23;
  public static final int SIGXCPU = 24;
  public static final int SIGXFSZ = 25;
  public static final int SIGVTALRM = 26;
  public static final int SIGPROF = 27;
  public static final int SIGWINCH = 28;
  public static final int SIGIO = 29;
  public static final int SIGPWR = 30;
  public static final int SIGSYS = 31;

  /**
   * First real-time signal that the C library leaves to programs (the kernel's own first is 32).
   */
  public static final int SIGRTMIN = 34;

  /** Last real-time signal, and the highest signal number. */
  public static final int SIGRTMAX = 64;

  private static final List<String> NAMES =
      List.of(
          "SIGHUP",
          "SIGINT",
          "SIGQUIT",
          "SIGILL",
          "SIGTRAP",
          "SIGABRT",
          "SIGBUS",
          "SIGFPE",
          "SIGKILL",
          "SIGUSR1",
          "SIGSEGV",
          "SIGUSR2",
          "SIGPIPE",
          "SIGALRM",
          "SIGTERM",
          "SIGSTKFLT",
          "SIGCHLD",
          "SIGCONT",
          "SIGSTOP",
          "SIGTSTP",
          "SIGTTIN",
          "SIGTTOU",
          "SIGURG",
          "SIGXCPU",
          "SIGXFSZ",
          "SIGVTALRM",
          "SIGPROF",
          "SIGWINCH",
          "SIGIO",
          "SIGPWR",
          "SIGSYS");

  private Signals() {}

  /** Whether a set of signals, with bit n-1 for signal n, contains one. */
  public static boolean contains(long set, int signal) {
    return (set & 1L << (signal - 1)) != 0;
  }

  /**
   * Send a signal to a process; 0 only checks that it is there and may be signalled.
   *
   * @param pid above 0: the kernel takes others for groups of processes, the caller's own included
   */
  public static void kill(int pid, int signal) {
    if (pid <= 0) {
      throw new IllegalArgumentException("pid " + pid + " is no process's");
    }
    FaultPoints.reach("kill");
    if (LibC.kill(pid, signal) < 0) {
      throw LibC.failure("kill(" + pid + ", " + name(signal) + ")");
    }
  }

  /** Send a signal to one thread; the kernel checks that it belongs to the process. */
  public static void tgkill(int tgid, int tid, int signal) {
    FaultPoints.reach("tgkill");
    if (LibC.call(X8664.TGKILL, tgid, tid, signal) < 0) {
      throw LibC.failure("tgkill(" + tgid + ", tid " + tid + ", " + name(signal) + ")");
    }
  }

  /**
   * Name of a signal, such as {@code SIGSTOP} or {@code SIGRTMIN+3}; the number itself where there
   * is none.
   */
  public static String name(int signal) {
    if (signal >= 1 && signal <= NAMES.size()) {
      return NAMES.get(signal - 1);
    }
    if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
      return signal == SIGRTMIN ? "SIGRTMIN" : "SIGRTMIN+" + (signal - SIGRTMIN);
    }
    return "signal " + signal;
  }

  /** Whether the default action of a signal is to stop the process. */
  public static boolean stops(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
  }
}
