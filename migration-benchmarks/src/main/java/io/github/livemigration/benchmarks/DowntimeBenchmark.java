package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The gap in the life of a target that moves, by what it is and how large. */
final class DowntimeBenchmark {
  static final String GAPS = "downtime";
  static final String LATER = "longest pause after the first 100 ms";
  static final String PHASES = "phases of the downtime";
  private static final List<String> SENDER_PHASES =
      List.of("freeze", "capture", "restore", "commit");
  private static final String JVM_THREADS = "20";
  private static final String JVM_LIVE_MIB = "64";

  /** Until a JVM has touched all of its heap its collections take up to 30 ms. */
  private static final int JVM_WARM_MILLIS = 7000;

  private static final int MOVES_PER_RECEIVER = 5;

  private final Workbench workbench;
  private final int runs;
  private final Figures figures;

  DowntimeBenchmark(Workbench workbench, int runs, Figures figures) {
    this.workbench = workbench;
    this.runs = runs;
    this.figures = figures;
  }

  void run(List<Integer> residentMib) throws IOException {
    List<Double> quiet = new ArrayList<>();
    for (int mib : residentMib) {
      List<Migration> migrations = move(receiver -> moveScript(receiver, mib));
      migrations.forEach(migration -> quiet.add(migration.quietGapMillis()));
      add("native, " + mib + " MiB", migrations);
    }
    List<Migration> migrations = move(this::moveJvm);
    add("JVM, " + JVM_THREADS + " threads, " + JVM_LIVE_MIB + " MiB", migrations);
    figures.addBaseline(GAPS, "native, not moved", "ms", new Samples(quiet));
    figures.addBaseline(
        GAPS,
        "JVM, not moved",
        "ms",
        new Samples(migrations.stream().map(Migration::quietGapMillis).toList()));
  }

  /** One migration to a receiver that listens. */
  private interface Move {
    Migration to(Migration.Listening receiver) throws IOException;
  }

  /** Each receiver gets a few, as its start takes longer than they do. */
  private List<Migration> move(Move move) throws IOException {
    List<Migration> migrations = new ArrayList<>();
    while (migrations.size() < runs) {
      try (Migration.Listening receiver = Migration.Listening.start(workbench)) {
        int end = Math.min(runs, migrations.size() + MOVES_PER_RECEIVER);
        while (migrations.size() < end) {
          migrations.add(move.to(receiver));
        }
      }
    }
    return migrations;
  }

  private Migration moveScript(Migration.Listening receiver, int mib) throws IOException {
    return Migration.ofScript(workbench, receiver, mib);
  }

  private Migration moveJvm(Migration.Listening receiver) throws IOException {
    CounterFile counter = new CounterFile(workbench.newFile(".count"));
    try (RunningProgram target =
        workbench.program(
            List.of("-Xmx256m"),
            AllocatingCounter.class,
            counter.path().toString(),
            JVM_THREADS,
            JVM_LIVE_MIB)) {
      Workbench.rest(JVM_WARM_MILLIS);
      return Migration.of(workbench, receiver, target, counter);
    }
  }

  private void add(String target, List<Migration> migrations) {
    String baseline = target.startsWith("JVM") ? "JVM, not moved" : "native, not moved";
    figures.add(
        GAPS,
        target,
        "ms",
        new Samples(migrations.stream().map(Migration::gapMillis).toList()),
        baseline);
    figures.addBaseline(
        LATER,
        target,
        "ms",
        new Samples(migrations.stream().map(Migration::laterGapMillis).toList()));
    for (String phase : SENDER_PHASES) {
      figures.addBaseline(
          PHASES,
          target + ": " + phase,
          "ms",
          new Samples(migrations.stream().map(migration -> migration.phaseMillis(phase)).toList()));
    }
    figures.addBaseline(
        PHASES,
        target + ": first faults and the target's own pause",
        "ms",
        new Samples(
            migrations.stream()
                .map(migration -> migration.gapMillis() - migration.sender().downtimeMillis())
                .toList()));
  }
}
