package io.github.livemigration.maven;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes how a {@link TestRun} went: for programs, for people, and for build servers. */
final class TestRunReports {

  private static final String SUITE = "migrate-verify";

  private TestRunReports() {}

  /** Write {@code report.json}, {@code report.html} and a Surefire-style XML file. */
  static void write(Path folder, TestRun run) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.json"), json(run));
    Files.writeString(folder.resolve("report.html"), html(run));
    Files.writeString(folder.resolve("TEST-" + SUITE + ".xml"), xml(run));
  }

  static String json(TestRun run) throws IOException {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("passed", run.failures() == 0);
    ArrayNode tests = root.putArray("tests");
    for (TestRun.Test test : run.tests()) {
      ObjectNode node = tests.addObject();
      node.put("class", test.className());
      node.put("name", test.name());
      node.put("status", test.status());
      node.put("seconds", test.seconds());
      if (!test.message().isEmpty()) {
        node.put("message", test.message());
      }
      if (!test.entries().isEmpty()) {
        ObjectNode entries = node.putObject("entries");
        test.entries().forEach(entries::put);
      }
    }
    return mapper.writeValueAsString(root) + "\n";
  }

  static String html(TestRun run) {
    StringBuilder rows = new StringBuilder();
    for (TestRun.Test test : run.tests()) {
      rows.append("<tr class=\"").append(test.status()).append("\"><td>").append(test.status());
      rows.append("</td><td>").append(escape(test.shortName())).append("</td><td>");
      rows.append(seconds(test.seconds())).append("</td><td><pre>");
      rows.append(escape(test.message())).append("</pre></td></tr>\n");
    }
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Live migration tests</title>
        <style>
        body { font-family: sans-serif; margin: 2em; }
        td, th { text-align: left; vertical-align: top; padding: 0.3em 1em 0.3em 0; }
        pre { margin: 0; white-space: pre-wrap; }
        .passed td:first-child { color: #067d17; }
        .failed td:first-child { color: #b3261e; font-weight: bold; }
        </style>
        </head>
        <body>
        <h1>Live migration tests</h1>
        <table>
        <tr><th>status</th><th>test</th><th>seconds</th><th>message</th></tr>
        """
        + rows
        + "</table>\n</body>\n</html>\n";
  }

  static String xml(TestRun run) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<testsuite name=\"").append(SUITE).append("\" tests=\"").append(run.tests().size());
    xml.append("\" failures=\"").append(run.failures()).append("\" errors=\"0\" skipped=\"");
    xml.append(run.skips()).append("\" time=\"").append(seconds(run.seconds())).append("\">\n");
    for (TestRun.Test test : run.tests()) {
      xml.append("  <testcase classname=\"").append(escape(test.className()));
      xml.append("\" name=\"").append(escape(test.name()));
      xml.append("\" time=\"").append(seconds(test.seconds())).append("\">");
      if (test.failed()) {
        xml.append("<failure message=\"").append(escape(test.message())).append("\">");
        xml.append(escape(test.trace())).append("</failure>");
      } else if (test.skipped()) {
        xml.append("<skipped message=\"").append(escape(test.message())).append("\"/>");
      }
      xml.append("</testcase>\n");
    }
    return xml.append("</testsuite>\n").toString();
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Escape for text and for attributes; what XML cannot hold at all becomes a question mark. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\n', '\t' -> escaped.append(c);
        default -> escaped.append(c < ' ' ? '?' : c);
      }
    }
    return escaped.toString();
  }
}
