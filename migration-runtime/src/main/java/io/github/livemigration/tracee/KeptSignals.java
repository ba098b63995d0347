package io.github.livemigration.tracee;

import io.github.livemigration.linux.Signals;

/** Signals that were kept back from a thread while remote calls ran, such as SIGSTOP. */
final class KeptSignals {
  private long set;

  void add(int signal) {
    set |= 1L << (signal - 1);
  }

  /** Send them, each once, and forget them. */
  void sendTo(int tid) {
    for (long left = set; left != 0; left &= left - 1) {
      Signals.kill(tid, Long.numberOfTrailingZeros(left) + 1);
    }
    set = 0;
  }
}
