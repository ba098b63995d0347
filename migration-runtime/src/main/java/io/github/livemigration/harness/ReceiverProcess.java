package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A receiver for one process, on a free port of the loopback address. */
final class ReceiverProcess {

  private static final Pattern LISTENING = Pattern.compile("listening on (\\S+:\\d+)");
  private static final Pattern RESTORED =
      Pattern.compile("restored: pid (\\d+) \\(host pid (\\d+)\\)");

  private final MigrateProcess process;
  private final Path report;

  private ReceiverProcess(MigrateProcess process, Path report) {
    this.process = process;
    this.report = report;
  }

  static ReceiverProcess start(String name, MigrateCommand migrate, Path report) {
    List<String> arguments =
        List.of(
            "receive",
            "--port",
            "0",
            "--bind",
            "127.0.0.1",
            "--count",
            "1",
            "--end-with-receiver",
            "--report",
            report.toString());
    return new ReceiverProcess(MigrateProcess.start(name, migrate, arguments, null), report);
  }

  MigrateProcess process() {
    return process;
  }

  /**
   * Where a sender can connect.
   *
   * @throws HarnessException if the receiver does not listen in time
   */
  String awaitAddress(Duration atMost) {
    return process
        .awaitLine(LISTENING, atMost)
        .map(line -> line.group(1))
        .orElseThrow(
            () -> new HarnessException("the receiver does not listen; " + process.describe()));
  }

  /** The process id of what was restored, as this host sees it. */
  Optional<Long> restoredPid() {
    Optional<Matcher> line = process.findLine(RESTORED);
    if (line.isPresent()) {
      return Optional.of(Long.valueOf(line.get().group(2)));
    }
    return report().map(MigrationReport::hostPid).filter(pid -> pid > 0).map(Integer::longValue);
  }

  Optional<MigrationReport> report() {
    return ReportFile.readIfPresent(report);
  }
}
