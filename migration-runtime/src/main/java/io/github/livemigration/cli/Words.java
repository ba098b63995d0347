package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationReport;
import java.util.Locale;

/** Says in a line how a migration went. */
final class Words {
  private Words() {}

  static String of(MigrationReport report) {
    return String.format(
        Locale.ROOT,
        "moved: pid %d, downtime %.1f ms, %d MiB in %.0f ms, %d threads; %d pages pushed, %d on demand",
        report.pid(),
        report.downtimeMillis(),
        report.residentBytes() >> 20,
        report.totalMillis(),
        report.threads(),
        report.pages().pushed(),
        report.pages().demand());
  }
}
