package io.github.livemigration.tracee;

import io.github.livemigration.linux.WaitStatus;

/** A traced thread ended while it was expected to stop. */
public final class TraceeDiedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int tid;

  TraceeDiedException(int tid, WaitStatus status) {
    super("thread " + tid + " ended while it was traced: " + status);
    this.tid = tid;
  }

  /** Returns the thread that ended, as the tracer's PID namespace numbers it. */
  public int tid() {
    return tid;
  }
}
