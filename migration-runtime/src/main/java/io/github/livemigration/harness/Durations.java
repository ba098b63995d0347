package io.github.livemigration.harness;

import java.time.Duration;
import java.util.Locale;

/** Durations as a person reads them. */
final class Durations {

  private Durations() {}

  /** Such as {@code 850 µs}, {@code 12.3 ms} or {@code 4.2 s}. */
  static String words(Duration duration) {
    double micros = duration.toNanos() / 1e3;
    if (micros < 1000) {
      return String.format(Locale.ROOT, "%.0f µs", micros);
    }
    if (micros < 1e6) {
      return String.format(Locale.ROOT, "%.1f ms", micros / 1e3);
    }
    return String.format(Locale.ROOT, micros % 1e6 == 0 ? "%.0f s" : "%.1f s", micros / 1e6);
  }
}
