package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How fast the rest of a large target follows it, and what memory that takes on both sides. */
final class DrainBenchmark {
  static final String DRAIN = "drain";
  static final String MEMORY = "peak memory";
  private static final String WIRE = "memory to memory over one TCP connection";
  private static final String IDLE = "idle JVM";

  private final Workbench workbench;
  private final Figures figures;

  DrainBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  /**
   * Measure.
   *
   * @param mib size of the target
   */
  void run(int runs, int mib) throws IOException {
    List<Migration> migrations = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      migrations.add(move(mib));
    }
    String what = mib + " MiB behind a running target";
    figures.add(
        DRAIN,
        what,
        "MiB/s",
        new Samples(
            migrations.stream()
                .map(migration -> migration.receiver().drainBytesPerSecond() / 1048576.0)
                .toList()),
        WIRE);
    figures.add(DRAIN, "UFFDIO_COPY alone", "MiB/s", installation(), WIRE);
    figures.addBaseline(
        DRAIN,
        WIRE,
        "MiB/s",
        FaultBenchmark.pair(
            workbench, workbench.role(BulkTransfer.Server.class), BulkTransfer.Client.class));
    figures.add(
        MEMORY,
        "sender, target of " + mib + " MiB",
        "MiB",
        new Samples(migrations.stream().map(m -> m.senderPeakKib() / 1024.0).toList()),
        IDLE);
    figures.add(
        MEMORY,
        "receiver, target of " + mib + " MiB",
        "MiB",
        new Samples(migrations.stream().map(m -> m.receiverPeakKib() / 1024.0).toList()),
        IDLE);
    figures.addBaseline(MEMORY, IDLE, "MiB", idle());
  }

  private Migration move(int mib) throws IOException {
    CounterFile counter = new CounterFile(workbench.newFile(".count"));
    try (Migration.Listening receiver = Migration.Listening.start(workbench);
        RunningProgram target =
            workbench.script("counter.py", counter.path().toString(), Integer.toString(mib))) {
      return Migration.of(workbench, receiver, target, counter);
    }
  }

  private Samples installation() throws IOException {
    try (RunningProgram program = workbench.role(PageInstallation.class)) {
      program.awaitSuccess();
      return Printed.samplesOf(program.output());
    }
  }

  private Samples idle() throws IOException {
    try (RunningProgram program = workbench.role(IdleProgram.class)) {
      program.awaitLine(IdleProgram.READY);
      return Samples.of(new double[] {program.peakKib() / 1024.0});
    }
  }
}
