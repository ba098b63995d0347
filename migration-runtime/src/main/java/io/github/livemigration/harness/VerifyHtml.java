package io.github.livemigration.harness;

import io.github.livemigration.session.FaultLatency;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.PageCounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Prints a result as one HTML page that needs nothing else, for light and dark screens. */
final class VerifyHtml {

  private static final int SHOWN_NUMBERS = 8;
  private static final double MEBIBYTE = 1024.0 * 1024.0;

  private VerifyHtml() {}

  static String of(VerifyResult result) {
    StringBuilder body = new StringBuilder();
    result.report().ifPresent(report -> cards(body, result, report));
    numbers(body, result);
    GapPlot.of(result).ifPresent(plot -> section(body, "Time between two numbers", plot));
    result.handOver().ifPresent(handOver -> phases(body, handOver));
    result.report().ifPresent(report -> pages(body, report));
    return template()
        .replace("{{title}}", "Live migration: " + state(result))
        .replace("{{state}}", state(result))
        .replace("{{headline}}", headline(result))
        .replace("{{problem}}", problem(result))
        .replace("{{footer}}", footer(result))
        .replace("{{body}}", body)
        .replace("{{target}}", Markup.escape(result.target()));
  }

  private static String state(VerifyResult result) {
    return result.passed() ? "passed" : "failed";
  }

  private static String headline(VerifyResult result) {
    if (result.handOvers().isEmpty()) {
      return "The process did not move";
    }
    return result.passed()
        ? "The process moved, and went on counting"
        : "The process moved, but its output is wrong";
  }

  private static String problem(VerifyResult result) {
    return result
        .problem()
        .map(text -> "<p class=\"problem\">" + Markup.escape(text) + "</p>")
        .orElse("");
  }

  private static String footer(VerifyResult result) {
    return String.format(
        Locale.ROOT,
        "%s, %s in all. Linux %s, Java %s.",
        result.startedAt().truncatedTo(ChronoUnit.SECONDS),
        Durations.words(result.elapsed()),
        Markup.escape(System.getProperty("os.version", "")),
        Markup.escape(System.getProperty("java.version", "")));
  }

  private static void cards(StringBuilder body, VerifyResult result, MigrationReport report) {
    FaultLatency faults = report.faultLatencyMicros();
    body.append("<div class=\"cards\">\n");
    card(body, Durations.words(report.downtime()), "downtime, freeze to resume");
    result
        .largestGap()
        .ifPresent(gap -> card(body, Durations.words(gap.duration()), "longest gap in the output"));
    card(body, Durations.words(report.total()), "until everything had arrived");
    card(
        body,
        String.format(Locale.ROOT, "%.1f MiB", report.residentBytes() / MEBIBYTE),
        String.format(
            Locale.ROOT,
            "resident, %,d mappings, %,d %s",
            report.mappings(),
            report.threads(),
            report.threads() == 1 ? "thread" : "threads"));
    card(
        body,
        faults.count() == 0 ? "0" : String.format(Locale.ROOT, "%,d", faults.count()),
        faults.count() == 0
            ? "page faults on the way"
            : String.format(
                Locale.ROOT,
                "page faults: half within %,d µs, 99 %% within %,d µs",
                faults.p50(),
                faults.p99()));
    body.append("</div>\n");
  }

  private static void card(StringBuilder body, String value, String label) {
    body.append("<div class=\"card\"><b>")
        .append(value)
        .append("</b><span class=\"soft small\">")
        .append(label)
        .append("</span></div>\n");
  }

  private static void section(StringBuilder body, String title, String content) {
    body.append("<section><h2>")
        .append(title)
        .append("</h2>\n")
        .append(content)
        .append("</section>\n");
  }

  private static void numbers(StringBuilder body, VerifyResult result) {
    NumberSequence numbers = result.numbers();
    int wrong = result.verdict().mistake().map(Mistake::position).orElse(-1);
    int middle = wrong >= 0 ? wrong : result.firstAfterMove().orElse(numbers.size());
    StringBuilder strip = new StringBuilder("<p class=\"soft\">");
    strip.append(Markup.escape(result.verdict().describe())).append("</p>\n<div class=\"strip\">");
    for (int i = Math.max(0, middle - SHOWN_NUMBERS);
        i < Math.min(numbers.size(), middle + SHOWN_NUMBERS);
        i++) {
      if (i > 0 && numbers.sideOf(i) != numbers.sideOf(i - 1)) {
        Duration gap = Duration.ofNanos(numbers.nanoTime(i) - numbers.nanoTime(i - 1));
        strip.append("<span class=\"gap\">→ ").append(Durations.words(gap)).append(" →</span>");
      }
      strip
          .append("<span class=\"")
          .append(i == wrong ? "wrong" : numbers.sideOf(i) > 0 ? "there" : "here")
          .append("\" title=\"")
          .append(numbers.sideName(numbers.sideOf(i)))
          .append("\">")
          .append(numbers.value(i))
          .append("</span>");
    }
    section(
        body,
        wrong >= 0 ? "The numbers around the first wrong one" : "The numbers around the hand-over",
        strip.append("</div>\n").toString());
  }

  private static void phases(StringBuilder body, HandOver handOver) {
    String timelines =
        PhasePlot.of("source", handOver.source())
            + PhasePlot.of("destination", handOver.destination());
    if (!timelines.isEmpty()) {
      section(
          body,
          "The life of the migration",
          "<p class=\"soft\">Milliseconds since the session began, on the clock of each side.</p>\n"
              + timelines);
    }
  }

  private static void pages(StringBuilder body, MigrationReport report) {
    PageCounts pages = report.pages();
    String[][] kinds = {
      {"zero", "grey", "all zeros: nothing to send"},
      {"sent ahead", "violet", "before the freeze"},
      {"hot", "amber", "with the process image: what the first instructions touch"},
      {"pushed", "blue", "in the background, while the process ran"},
      {"on demand", "green", "a thread was waiting for it"}
    };
    long[] counts = {pages.zero(), pages.precopied(), pages.hot(), pages.pushed(), pages.demand()};
    StringBuilder bar = new StringBuilder("<div class=\"bar\">");
    StringBuilder table = new StringBuilder("<div class=\"scroll\"><table>");
    for (int i = 0; i < kinds.length; i++) {
      String color = "background:var(--" + kinds[i][1] + ")";
      if (counts[i] > 0) {
        bar.append("<i style=\"flex:").append(counts[i]).append(";").append(color);
        bar.append("\" title=\"").append(kinds[i][0]).append(": ").append(counts[i]);
        bar.append("\"></i>");
      }
      table.append("<tr><td><span class=\"key\" style=\"").append(color).append("\"></span>");
      table.append(kinds[i][0]).append("</td><td class=\"soft\">").append(kinds[i][2]);
      table.append("</td><td class=\"n\">").append(String.format(Locale.ROOT, "%,d", counts[i]));
      table.append("</td></tr>");
    }
    String intro =
        String.format(
            Locale.ROOT,
            "<p class=\"soft\">%,d pages were resident at the freeze; they arrived at %.0f"
                + " MiB/s.</p>\n",
            pages.resident(),
            report.drainBytesPerSecond() / MEBIBYTE);
    section(
        body, "Pages by the way they took", intro + bar + "</div>" + table + "</table></div>\n");
  }

  private static String template() {
    try (InputStream stream = VerifyHtml.class.getResourceAsStream("report.html")) {
      if (stream == null) {
        throw new IllegalStateException("report.html is missing beside " + VerifyHtml.class);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new HarnessException("the template of the report cannot be read", e);
    }
  }
}
