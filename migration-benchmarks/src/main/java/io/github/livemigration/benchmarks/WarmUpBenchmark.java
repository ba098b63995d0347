package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether a receiver that has just said that it listens is as fast as one that has worked. */
final class WarmUpBenchmark {
  static final String WARM_UP = "first and later migrations of one receiver";
  private static final int IN_A_ROW = 10;
  private static final int LATER = 4;
  private static final int TARGET_MIB = 64;

  private final Workbench workbench;
  private final Figures figures;

  WarmUpBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  void run(int runs) throws IOException {
    List<Double> first = new ArrayList<>();
    List<Double> later = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      try (Migration.Listening receiver = Migration.Listening.start(workbench)) {
        for (int j = 0; j < IN_A_ROW; j++) {
          double gap = Migration.ofScript(workbench, receiver, TARGET_MIB).gapMillis();
          if (j == 0) {
            first.add(gap);
          } else if (j >= IN_A_ROW - LATER) {
            later.add(gap);
          }
        }
      }
    }
    String last = "seventh to tenth";
    figures.add(WARM_UP, "first", "ms", new Samples(first), last);
    figures.addBaseline(WARM_UP, last, "ms", new Samples(later));
  }
}
