package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much work a JVM that is never idle gets done while it moves. */
final class RequestBenchmark {
  static final String REQUESTS = "requests served by a JVM that moves";
  static final String OVER_TIME = "requests served, by the time since the resume";
  private static final String LIVE_MIB = "64";
  private static final int WARM_MILLIS = 4000;
  private static final long SECOND = 1_000_000_000;
  private static final long STEP = 200_000_000;
  private static final int STEPS_BEFORE = 5;
  private static final int STEPS_AFTER = 15;

  private final Workbench workbench;
  private final Figures figures;

  RequestBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  void run(int runs) throws IOException {
    List<Double> before = new ArrayList<>();
    List<Double> resumed = new ArrayList<>();
    List<Double> drained = new ArrayList<>();
    Map<String, List<Double>> overTime = new LinkedHashMap<>();
    for (int i = 0; i < runs; i++) {
      CounterFile counter = new CounterFile(workbench.newFile(".count"));
      Migration migration = move(counter);
      long start = migration.startNanos();
      long resume = migration.resumedNanos();
      long drain = resume + (long) (migration.phaseMillis("post-copy") * 1e6);
      before.add(counter.rate(start - SECOND, start));
      resumed.add(counter.rate(resume, resume + SECOND));
      drained.add(counter.rate(drain, drain + SECOND));
      for (int step = -STEPS_BEFORE; step < STEPS_AFTER; step++) {
        long from = resume + step * STEP;
        overTime
            .computeIfAbsent("%+d ms".formatted(step * STEP / 1_000_000), at -> new ArrayList<>())
            .add(counter.rate(from, from + STEP));
      }
    }
    String steady = "the second before";
    figures.add(REQUESTS, "the first second after the resume", "1/s", new Samples(resumed), steady);
    figures.add(REQUESTS, "the second after the drain", "1/s", new Samples(drained), steady);
    figures.addBaseline(REQUESTS, steady, "1/s", new Samples(before));
    overTime.forEach((at, rates) -> figures.addBaseline(OVER_TIME, at, "1/s", new Samples(rates)));
  }

  private Migration move(CounterFile counter) throws IOException {
    String threads = Integer.toString(Runtime.getRuntime().availableProcessors());
    try (Migration.Listening receiver = Migration.Listening.start(workbench);
        RunningProgram target =
            workbench.program(
                List.of("-Xmx256m"),
                RequestCounter.class,
                counter.path().toString(),
                threads,
                LIVE_MIB)) {
      Workbench.rest(WARM_MILLIS);
      long afterwards = STEPS_AFTER * STEP + SECOND;
      return Migration.of(workbench, receiver, target, counter, afterwards);
    }
  }
}
