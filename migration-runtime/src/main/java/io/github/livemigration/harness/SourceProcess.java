package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationMode;
import io.github.livemigration.session.MigrationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The sending side: {@code run} for the first move of a target, {@code send} for each later one.
 */
final class SourceProcess {

  private static final Pattern STARTED = Pattern.compile("target started: pid (\\d+)");

  private final MigrateProcess process;
  private final Path report;

  private SourceProcess(MigrateProcess process, Path report) {
    this.process = process;
    this.report = report;
  }

  /** Start the target as a child that waits for SIGUSR2. */
  static SourceProcess run(HarnessSettings settings, String receiver, Path report) {
    List<String> arguments = new ArrayList<>(List.of("run", "--to", receiver, "--signal", "USR2"));
    addOptions(arguments, settings, report);
    arguments.add("--");
    arguments.addAll(settings.target().command());
    return new SourceProcess(
        MigrateProcess.start(
            "source", settings.migrate(), arguments, settings.target().directory()),
        report);
  }

  /** Move a process that runs already. */
  static SourceProcess send(HarnessSettings settings, long pid, String receiver, Path report) {
    List<String> arguments =
        new ArrayList<>(List.of("send", "--pid", Long.toString(pid), "--to", receiver));
    addOptions(arguments, settings, report);
    return new SourceProcess(
        MigrateProcess.start("sender", settings.migrate(), arguments, null), report);
  }

  private static void addOptions(List<String> arguments, HarnessSettings settings, Path report) {
    MigrationMode mode = settings.mode();
    if (mode != null) {
      arguments.addAll(List.of("--mode", mode.label()));
    }
    if (settings.verifyPages()) {
      arguments.add("--verify");
    }
    arguments.addAll(List.of("--report", report.toString()));
  }

  MigrateProcess process() {
    return process;
  }

  /**
   * The process id of the target that {@code run} has started.
   *
   * @throws HarnessException if it does not start in time
   */
  long awaitTarget(Duration atMost) {
    return process
        .awaitLine(STARTED, atMost)
        .map(line -> Long.parseLong(line.group(1)))
        .orElseThrow(
            () -> new HarnessException("the target does not start; " + process.describe()));
  }

  /** Delete the report of an earlier attempt, so that it is not taken for the one to come. */
  void forgetReport() {
    try {
      Files.deleteIfExists(report);
    } catch (IOException e) {
      throw new HarnessException("an old report cannot be deleted: " + report, e);
    }
  }

  Optional<MigrationReport> report() {
    return ReportFile.readIfPresent(report);
  }
}
