package io.github.livemigration.session;

import java.time.Duration;

/** Milliseconds with a fraction, as reports print them. */
final class Millis {

  private static final double NANOS_PER_MILLI = 1e6;

  private Millis() {}

  static Duration toDuration(double millis) {
    return Duration.ofNanos(Math.round(millis * NANOS_PER_MILLI));
  }

  static double of(Duration duration) {
    return duration.toNanos() / NANOS_PER_MILLI;
  }
}
