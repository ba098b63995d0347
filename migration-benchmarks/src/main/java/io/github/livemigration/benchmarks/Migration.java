package io.github.livemigration.benchmarks;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.MigrationReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One migration, as all who took part saw it.
 *
 * @param gapMillis largest difference between two lines of the target, from the start of the sender
 *     until the target has run for a tenth of a second on the destination
 * @param laterGapMillis the same from then until a while after the sender's end
 * @param quietGapMillis the same in the second before
 * @param startNanos when the sender was started, of CLOCK_MONOTONIC
 * @param resumedNanos when the target ran on the destination, some milliseconds late
 * @param sender its report
 * @param receiver its report
 * @param senderPeakKib most memory that the sender had, at its last look
 * @param receiverPeakKib most memory that the receiver had so far
 */
record Migration(
    double gapMillis,
    double laterGapMillis,
    double quietGapMillis,
    long startNanos,
    long resumedNanos,
    MigrationReport sender,
    MigrationReport receiver,
    long senderPeakKib,
    long receiverPeakKib) {

  private static final long QUIET_MILLIS = 1000;
  private static final long AFTERWARDS_NANOS = 300_000_000;

  /** After the resume the first faults still belong to the downtime that a target has. */
  private static final long FIRST_FAULTS_NANOS = 100_000_000;

  /** Returns how long a phase of the sender took; 0 for one that it did not come to. */
  double phaseMillis(String name) {
    return sender.phase(name).map(phase -> phase.endMillis() - phase.startMillis()).orElse(0.0);
  }

  /** Returns how fast the rest of the memory followed the target. */
  double drainMibPerSecond() {
    return receiver.drainBytesPerSecond() / 1048576.0;
  }

  /** A receiver that listens. */
  record Listening(RunningProgram program, String address, Path report) implements AutoCloseable {
    static Listening start(Workbench workbench, String... options) throws IOException {
      Path report = workbench.newFile(".json");
      List<String> arguments = new ArrayList<>(List.of("receive", "--port", "0"));
      arguments.addAll(List.of("--end-with-receiver", "--report", report.toString()));
      arguments.addAll(List.of(options));
      RunningProgram program = workbench.migrate(arguments.toArray(String[]::new));
      try {
        return new Listening(program, program.awaitLine("listening on "), report);
      } catch (IOException e) {
        program.close();
        throw e;
      }
    }

    @Override
    public void close() {
      program.close();
    }
  }

  /** Move a native target of so many MiB, and end it afterwards. */
  static Migration ofScript(Workbench workbench, Listening receiver, int residentMib)
      throws IOException {
    CounterFile counter = new CounterFile(workbench.newFile(".count"));
    try (RunningProgram target = workbench.counting(counter, residentMib)) {
      return of(workbench, receiver, target, counter);
    }
  }

  /** Move a target that counts, and end it afterwards. */
  static Migration of(
      Workbench workbench, Listening receiver, RunningProgram target, CounterFile counter)
      throws IOException {
    return of(workbench, receiver, target, counter, AFTERWARDS_NANOS);
  }

  /**
   * Move a target that counts, and end it a while afterwards.
   *
   * @param afterwardsNanos how long it lives on after the end of the sender
   */
  static Migration of(
      Workbench workbench,
      Listening receiver,
      RunningProgram target,
      CounterFile counter,
      long afterwardsNanos)
      throws IOException {
    target.awaitFirst(counter);
    long started = counter.last();
    Workbench.await("a quiet second", () -> counter.last() > started + QUIET_MILLIS * 1_000_000);
    double quiet = counter.largestGapMillis(started, counter.last());
    Files.delete(receiver.report());
    Path report = workbench.newFile(".json");
    long from = System.nanoTime();
    long peak = 0;
    try (RunningProgram sender =
        workbench.migrate(
            "send",
            "--pid",
            Long.toString(target.pid()),
            "--to",
            receiver.address(),
            "--report",
            report.toString())) {
      while (sender.isAlive()) {
        peak = Math.max(peak, sender.peakKib());
        Workbench.rest(20);
      }
      sender.awaitSuccess();
    }
    long end = System.nanoTime() + afterwardsNanos;
    Workbench.await("life after the migration", () -> counter.last() > end);
    Workbench.await("the receiver's report", () -> Files.exists(receiver.report()));
    MigrationReport sent = MigrationReportJson.read(report);
    long resumed = resumedNanos(sent, report);
    long settled = resumed + FIRST_FAULTS_NANOS;
    Migration migration =
        new Migration(
            counter.largestGapMillis(from, settled),
            counter.largestGapMillis(settled, end),
            quiet,
            from,
            resumed,
            sent,
            MigrationReportJson.read(receiver.report()),
            peak,
            receiver.program().peakKib());
    ProcessHandle.of(migration.receiver().hostPid()).ifPresent(ProcessHandle::destroyForcibly);
    return migration;
  }

  /**
   * Returns when the target ran on the destination, of CLOCK_MONOTONIC: the sender tells it from
   * the start of its session, and writes its report at the end of that, some milliseconds later.
   */
  private static long resumedNanos(MigrationReport sent, Path report) throws IOException {
    long age = System.currentTimeMillis() - Files.getLastModifiedTime(report).toMillis();
    long ended = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(age);
    double since = sent.totalMillis() - sent.phase("post-copy").orElseThrow().startMillis();
    return ended - (long) (since * 1e6);
  }
}
