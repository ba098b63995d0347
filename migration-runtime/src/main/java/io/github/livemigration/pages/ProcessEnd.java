package io.github.livemigration.pages;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SystemCallException;

/**
 * Whether a process has ended. Its memory goes first: in between the kernel already refuses pages,
 * as it does after an exec, while the process still counts as one that lives. Thread-safe.
 */
final class ProcessEnd {
  private final Pidfd process;
  private volatile boolean told;

  ProcessEnd(Pidfd process) {
    this.process = process;
  }

  /** Note that the kernel has told of the end. */
  void tell() {
    told = true;
  }

  boolean isTold() {
    return told;
  }

  /**
   * Returns whether the process has ended, or is about to.
   *
   * @param memoryGone whether the kernel has refused pages for want of the address space
   */
  boolean hasCome(boolean memoryGone) {
    return told || (memoryGone && isExiting());
  }

  private boolean isExiting() {
    try {
      return ProcessStat.parse(ProcFs.read(process.pid(), "stat")).isExiting();
    } catch (SystemCallException e) {
      return true; // It is not there any more.
    }
  }
}
