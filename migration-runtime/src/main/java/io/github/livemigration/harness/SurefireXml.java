package io.github.livemigration.harness;

import java.util.Locale;

/** Prints a result in the form in which Surefire reports a test, which build servers read. */
final class SurefireXml {

  private SurefireXml() {}

  static String of(VerifyResult result) {
    String seconds = String.format(Locale.ROOT, "%.3f", result.elapsed().toMillis() / 1e3);
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append(
            "<testsuite name=\"migrate.verify\" tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"")
        .append(result.passed() ? 0 : 1)
        .append("\" time=\"")
        .append(seconds)
        .append(
            "\">\n"
                + "  <testcase name=\"numbersGoOnAcrossTheMove\" classname=\"migrate.verify\""
                + " time=\"")
        .append(seconds)
        .append("\">\n");
    result.problem().ifPresent(problem -> failure(xml, problem));
    xml.append("    <system-out>")
        .append(Markup.escape(Summary.of(result, null)))
        .append("</system-out>\n  </testcase>\n</testsuite>\n");
    return xml.toString();
  }

  private static void failure(StringBuilder xml, String problem) {
    xml.append("    <failure type=\"io.github.livemigration.harness.WrongNumbers\" message=\"")
        .append(Markup.escape(problem.lines().findFirst().orElse("")))
        .append("\">")
        .append(Markup.escape(problem))
        .append("</failure>\n");
  }
}
