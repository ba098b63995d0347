package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.MigrationReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the report that a side writes when it has finished. */
final class ReportFile {

  private ReportFile() {}

  static Optional<MigrationReport> readIfPresent(Path path) {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      return Optional.of(MigrationReportJson.read(path));
    } catch (IOException e) {
      throw new HarnessException(e.getMessage() == null ? path.toString() : e.getMessage(), e);
    }
  }
}
