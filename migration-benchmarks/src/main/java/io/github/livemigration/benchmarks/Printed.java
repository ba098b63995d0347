package io.github.livemigration.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Samples on the standard output of a program, on one line each time. */
final class Printed {
  private static final String START = "samples ";

  private Printed() {}

  static void samples(double... values) {
    StringBuilder line = new StringBuilder(START);
    for (double value : values) {
      line.append(String.format(Locale.ROOT, "%.3f ", value));
    }
    System.out.println(line);
  }

  static Samples samplesOf(String output) {
    List<Double> values = new ArrayList<>();
    for (String line : output.lines().filter(line -> line.startsWith(START)).toList()) {
      for (String value : line.substring(START.length()).strip().split(" ")) {
        values.add(Double.valueOf(value));
      }
    }
    return new Samples(values);
  }
}
