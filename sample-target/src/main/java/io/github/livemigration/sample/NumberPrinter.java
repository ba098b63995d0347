package io.github.livemigration.sample;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints one line at a time, each with a single write. For one thread.
 *
 * <p>When nobody reads any more, the program ends with status 74.
 */
final class NumberPrinter {

  private static final int NOBODY_READS = 74;
  private static final double NANOS_PER_MILLI = 1e6;

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final long intervalNanos;
  private final boolean spin;
  private long next = System.nanoTime();

  /**
   * Make a printer.
   *
   * @param spin whether to use up the pause on the processor instead of sleeping
   */
  NumberPrinter(double intervalMillis, boolean spin) {
    this.intervalNanos = (long) (intervalMillis * NANOS_PER_MILLI);
    this.spin = spin;
  }

  void print(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      System.err.println("standard output cannot be written: " + e.getMessage());
      Runtime.getRuntime().halt(NOBODY_READS);
    }
  }

  /** Print a number, and pause. */
  void print(long number) {
    print(Long.toString(number));
    pause();
  }

  /** Wait until it is time for the next number; a printer that was held up does not catch up. */
  void pause() {
    next = Math.max(next + intervalNanos, System.nanoTime());
    while (next - System.nanoTime() > 0) {
      if (spin) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }
}
