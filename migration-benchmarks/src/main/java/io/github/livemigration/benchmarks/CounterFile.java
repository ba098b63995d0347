package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file to which a target writes CLOCK_MONOTONIC every millisecond, and perhaps how much work it
 * has done so far.
 */
record CounterFile(Path path) {

  /** Returns whether the target writes. */
  boolean hasStarted() throws IOException {
    return Files.exists(path) && Files.size(path) > 0;
  }

  /**
   * Returns the largest difference between two neighbouring lines, in milliseconds.
   *
   * @param fromNanos CLOCK_MONOTONIC; pairs that end before do not count
   * @param toNanos CLOCK_MONOTONIC; pairs that begin after do not count
   */
  double largestGapMillis(long fromNanos, long toNanos) throws IOException {
    long largest = 0;
    long previous = -1;
    for (String line : Files.readAllLines(path)) {
      long now = nanosOf(line);
      if (now < previous) {
        throw new IOException("the clock of the target went from " + previous + " to " + now);
      }
      if (previous >= 0 && now >= fromNanos && previous <= toNanos) {
        largest = Math.max(largest, now - previous);
      }
      previous = now;
    }
    if (previous < toNanos) {
      throw new IOException("the target stopped writing at " + previous);
    }
    return largest / 1e6;
  }

  /** Returns how much work a second was done between two moments of CLOCK_MONOTONIC. */
  double rate(long fromNanos, long toNanos) throws IOException {
    String first = "";
    String last = "";
    for (String line : Files.readAllLines(path)) {
      long now = nanosOf(line);
      if (now <= fromNanos || first.isEmpty()) {
        first = line;
      }
      if (now <= toNanos) {
        last = line;
      }
    }
    return 1e9 * (workOf(last) - workOf(first)) / Math.max(1, nanosOf(last) - nanosOf(first));
  }

  private static long nanosOf(String line) {
    int end = line.indexOf(' ');
    return Long.parseLong(end < 0 ? line : line.substring(0, end));
  }

  private static long workOf(String line) {
    return Long.parseLong(line.substring(line.indexOf(' ') + 1));
  }

  /** Returns the last line, in nanoseconds of CLOCK_MONOTONIC. */
  long last() throws IOException {
    String text = Files.readString(path);
    int end = text.lastIndexOf('\n');
    return nanosOf(text.substring(text.lastIndexOf('\n', end - 1) + 1, end));
  }
}
