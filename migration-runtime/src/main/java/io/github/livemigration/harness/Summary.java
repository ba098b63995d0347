package io.github.livemigration.harness;

import io.github.livemigration.session.FaultLatency;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.PageCounts;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells a person in about ten lines what came out of moving a target. */
public final class Summary {

  private static final int SHOWN_NUMBERS = 4;
  private static final int MAX_TARGET = 90;
  private static final double MEBIBYTE = 1024.0 * 1024.0;

  private Summary() {}

  /**
   * The summary, lines apart by line breaks, without one at the end.
   *
   * @param folder where the reports are; {@code null} if none were written
   */
  public static String of(VerifyResult result, @Nullable Path folder) {
    StringBuilder text = new StringBuilder();
    line(text, "target", shortened(result.target()));
    result.firstAfterMove().ifPresent(position -> handOver(text, result.numbers(), position));
    if (result.firstAfterMove().isEmpty()) {
      line(text, "numbers", result.numbers().toString());
    }
    line(text, "verdict", verdict(result));
    result.report().ifPresent(report -> report(text, result, report));
    if (folder != null) {
      line(text, "reports", folder.resolve("report.html") + " (and report.json)");
    }
    return text.toString().stripTrailing();
  }

  private static void handOver(StringBuilder text, NumberSequence numbers, int position) {
    line(
        text,
        "before",
        "… " + numbers.words(position - SHOWN_NUMBERS, position) + "    on the source");
    line(
        text,
        "after",
        numbers.words(position, position + SHOWN_NUMBERS) + " …    on the destination");
  }

  private static String verdict(VerifyResult result) {
    return result
        .problem()
        .map(problem -> "WRONG: " + problem.replace("\n", "\n            "))
        .orElse("correct: " + result.verdict().describe());
  }

  private static void report(StringBuilder text, VerifyResult result, MigrationReport report) {
    String gap =
        result
            .largestGap()
            .map(largest -> "; longest gap in the output " + Durations.words(largest.duration()))
            .orElse("");
    String usual =
        result.usualGap().map(each -> " (usual: " + Durations.words(each) + ")").orElse("");
    line(
        text,
        "downtime",
        Durations.words(report.downtime()) + " from freeze to resume" + gap + usual);
    line(text, "process", process(result, report));
    line(text, "pages", pages(report.residentBytes(), report.pages()));
    line(text, "faults", faults(report.faultLatencyMicros()));
    line(
        text,
        "drained",
        String.format(
            Locale.ROOT,
            "%.0f MiB/s, complete after %s",
            report.drainBytesPerSecond() / MEBIBYTE,
            Durations.words(report.total())));
  }

  private static String process(VerifyResult result, MigrationReport report) {
    String hops =
        result.handOvers().size() > 1 ? ", moved " + result.handOvers().size() + " times" : "";
    return String.format(
        Locale.ROOT,
        "pid %d on both sides, %d %s, %d mappings%s",
        report.pid(),
        report.threads(),
        report.threads() == 1 ? "thread" : "threads",
        report.mappings(),
        hops);
  }

  private static String pages(long residentBytes, PageCounts pages) {
    return String.format(
        Locale.ROOT,
        "%,d (%.1f MiB): %,d zero, %,d sent ahead, %,d hot, %,d pushed, %,d on demand",
        pages.resident(),
        residentBytes / MEBIBYTE,
        pages.zero(),
        pages.precopied(),
        pages.hot(),
        pages.pushed(),
        pages.demand());
  }

  private static String faults(FaultLatency latency) {
    return latency.count() == 0
        ? "none"
        : String.format(
            Locale.ROOT,
            "%,d; half within %,d µs, 99 %% within %,d µs, longest %,d µs",
            latency.count(),
            latency.p50(),
            latency.p99(),
            latency.max());
  }

  private static String shortened(String target) {
    return target.length() <= MAX_TARGET
        ? target
        : target.substring(0, MAX_TARGET / 3).strip()
            + " … "
            + target.substring(target.length() - MAX_TARGET * 2 / 3).strip();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "  %-9s %s%n", name, value));
  }
}
