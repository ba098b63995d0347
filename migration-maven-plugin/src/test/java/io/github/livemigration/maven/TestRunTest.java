package io.github.livemigration.maven;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

final class TestRunTest {

  private final TestRun run = TestRun.of(results());

  @Test
  void firstFailureIsTheOneThatTheBuildFailsWith() {
    assertThat(run.firstFailure().orElseThrow().shortName()).isEqualTo("TickerTest.fails()");
    assertThat(run.failures()).isEqualTo(1);
    assertThat(run.skips()).isZero();
  }

  @Test
  void summaryHasALineForEachTestAndOneForAll() {
    assertThat(run.summary(Path.of("target/migrate")))
        .containsExactly(
            "  passed  TickerTest.goesOn()  (1.5 s)",
            "  failed  TickerTest.fails()  (0.5 s)",
            "Live migration tests: 2 run, 1 passed, 1 failed, 0 skipped. Reports: target/migrate");
  }

  @Test
  void jsonHoldsWhatTheTestsReported() throws IOException {
    JsonNode json = new ObjectMapper().readTree(TestRunReports.json(run));

    assertThat(json.get("passed").asBoolean()).isFalse();
    assertThat(json.get("tests")).hasSize(2);
    assertThat(json.at("/tests/0/entries/downtime").asText()).isEqualTo("12 ms");
    assertThat(json.at("/tests/1/message").asText()).isEqualTo("expected <1> & got \"2\"\u0001");
  }

  @Test
  void xmlIsWellFormedWhateverTheMessage()
      throws IOException, ParserConfigurationException, SAXException {
    byte[] xml = TestRunReports.xml(run).getBytes(StandardCharsets.UTF_8);
    Element suite =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml))
            .getDocumentElement();

    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element failure = (Element) suite.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).isEqualTo("expected <1> & got \"2\"?");
  }

  @Test
  void htmlShowsTheMessageAsText() {
    assertThat(TestRunReports.html(run)).contains("expected &lt;1&gt; &amp; got");
  }

  private static Properties results() {
    Properties results = new Properties();
    results.setProperty("count", "2");
    test(results, 1, "goesOn()", "passed", "1.5", "");
    test(results, 2, "fails()", "failed", "0.5", "expected <1> & got \"2\"\u0001");
    results.setProperty("entry.[id:1].downtime", "12 ms");
    return results;
  }

  private static void test(
      Properties results, int number, String name, String status, String seconds, String message) {
    String key = "test." + number + ".";
    results.setProperty(key + "id", "[id:" + number + "]");
    results.setProperty(key + "class", "com.example.TickerTest");
    results.setProperty(key + "name", name);
    results.setProperty(key + "status", status);
    results.setProperty(key + "seconds", seconds);
    results.setProperty(key + "message", message);
    results.setProperty(key + "trace", "");
  }
}
