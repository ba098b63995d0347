package io.github.livemigration.linux;

import com.sun.jna.Pointer;
import io.github.livemigration.simulation.Copy;
import io.github.livemigration.simulation.Scheduler;

/** In place of the kernel's: puts pages into a copy, none twice. */
public final class Installation {
  private static final int PAGE_BYTES = 4096;

  /** The kernel's answers. */
  public enum Outcome {
    /** All pages are installed. */
    DONE,
    /** The next page is there already. */
    PRESENT,
    /** Events have to be read first. */
    RETRY,
    /** No mapping is there. */
    RANGE_GONE,
    /** No process is there. */
    PROCESS_GONE
  }

  private long bytes;
  private Outcome outcome = Outcome.DONE;

  /** Prepare. */
  public Installation() {}

  /** Install content. */
  public void copy(UserfaultFd userfault, long destination, long source, long length) {
    install(
        userfault.copy(), destination, length, new Pointer(source).getByteArray(0, (int) length));
  }

  /** Install zeros. */
  public void zero(UserfaultFd userfault, long destination, long length) {
    install(userfault.copy(), destination, length, new byte[(int) length]);
  }

  private void install(Copy copy, long destination, long length, byte[] content) {
    Scheduler.the().requireAlive();
    bytes = 0;
    if (copy.isGone()) {
      outcome = Outcome.PROCESS_GONE;
      return;
    }
    outcome = Outcome.DONE;
    while (bytes < length) {
      if (!copy.install(destination + bytes, content, (int) bytes)) {
        outcome = Outcome.PRESENT;
        return;
      }
      bytes += PAGE_BYTES;
    }
  }

  /** Returns how much was installed. */
  public long bytes() {
    return bytes;
  }

  /** Returns how it ended. */
  public Outcome outcome() {
    return outcome;
  }
}
