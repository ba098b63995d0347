package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How fast the rest of a large target follows it, and what memory that takes on both sides. */
final class DrainBenchmark {
  static final String DRAIN = "drain";
  static final String MEMORY = "peak memory";
  static final String TOUCHES = "touches of pages by their process";
  private static final String SECOND_TOUCH = "second";
  private static final String WIRE = "memory to memory over one TCP connection";
  private static final int WIRE_MIB = 1024;
  private static final String IDLE = "idle JVM";

  /** About what lies between the start of a target and its drain. */
  private static final int SETTLE_MILLIS = 8000;

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
    List<Double> untouched = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      migrations.add(move(mib));
      untouched.addAll(installationBeside(mib).values());
    }
    String what = mib + " MiB behind a running target";
    figures.add(
        DRAIN,
        what,
        "MiB/s",
        new Samples(migrations.stream().map(Migration::drainMibPerSecond).toList()),
        WIRE);
    figures.add(
        DRAIN,
        "UFFDIO_COPY alone, " + mib + " MiB never touched by its process",
        "MiB/s",
        new Samples(untouched),
        WIRE);
    figures.add(
        DRAIN,
        "UFFDIO_COPY alone, " + PageInstallation.ROUND_MIB + " MiB just given back by its process",
        "MiB/s",
        installation(PageInstallation.Again.class),
        WIRE);
    figures.addBaseline(
        DRAIN,
        WIRE,
        "MiB/s",
        BulkTransfer.measure(workbench, LocalTcp.LOOPBACK, workbench, WIRE_MIB));
    figures.add(
        TOUCHES,
        "first, after UFFDIO_COPY",
        "us",
        installation(PageInstallation.Touched.class, "1"),
        SECOND_TOUCH);
    figures.addBaseline(
        TOUCHES, SECOND_TOUCH, "us", installation(PageInstallation.Touched.class, "2"));
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
    try (Migration.Listening receiver = Migration.Listening.start(workbench)) {
      return Migration.ofScript(workbench, receiver, mib);
    }
  }

  /**
   * Install where a drain does: what the last program had is taken by a target, and a virtual
   * machine may have given the rest of its memory back to its host.
   */
  private Samples installationBeside(int mib) throws IOException {
    CounterFile counter = new CounterFile(workbench.newFile(".count"));
    try (RunningProgram target = workbench.counting(counter, mib)) {
      target.awaitFirst(counter);
      Workbench.rest(SETTLE_MILLIS);
      return installation(PageInstallation.Untouched.class, Integer.toString(mib));
    }
  }

  private Samples installation(Class<?> main, String... arguments) throws IOException {
    try (RunningProgram program = workbench.role(main, arguments)) {
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
