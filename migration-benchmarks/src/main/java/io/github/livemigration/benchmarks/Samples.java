package io.github.livemigration.benchmarks;

import java.util.Arrays;
import java.util.List;

/** What was measured again and again; percentiles are values that were really measured. */
record Samples(List<Double> values) {
  Samples {
    values = List.copyOf(values);
  }

  static Samples of(double[] values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }

  double median() {
    return percentile(0.5);
  }

  /**
   * Returns the smallest value that at least this share of all values does not exceed.
   *
   * @param share 0 to 1
   */
  double percentile(double share) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
