package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What it costs a program that it may be moved at any time. */
final class WaitingBenchmark {
  static final String WAITING = "work of a program that waits for its migration";
  private static final int SETTLE_MILLIS = 6000;
  private static final long MEASURED_NANOS = 3_000_000_000L;

  private final Workbench workbench;
  private final Figures figures;

  WaitingBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  /** Take turns, as a host is not equally fast all the time. */
  void run(int runs) throws IOException {
    List<Double> alone = new ArrayList<>();
    List<Double> waiting = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      alone.add(rate(file -> workbench.script("spinner.py", file)));
      waiting.add(rate(file -> workbench.waitingScript("spinner.py", file)));
    }
    String direct = "started directly";
    figures.add(WAITING, "under 'run'", "1/s", new Samples(waiting), direct);
    figures.addBaseline(WAITING, direct, "1/s", new Samples(alone));
  }

  private interface Start {
    RunningProgram of(String file) throws IOException;
  }

  private double rate(Start start) throws IOException {
    CounterFile counter = new CounterFile(workbench.newFile(".count"));
    try (RunningProgram program = start.of(counter.path().toString())) {
      program.awaitFirst(counter);
      Workbench.rest(SETTLE_MILLIS);
      long from = counter.last();
      Workbench.await("three seconds", () -> counter.last() > from + MEASURED_NANOS);
      return counter.rate(from, from + MEASURED_NANOS);
    }
  }
}
