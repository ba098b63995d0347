package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class VerifyScenarioTest {

  @TempDir Path folder;

  @Test
  void aTargetThatGoesOnPassesAndTheReportsSaySo() throws Exception {
    VerifyResult result = run("well");
    VerifyReports.write(folder, result);

    assertThat(result.passed()).isTrue();
    assertThat(result.problem()).isEmpty();
    assertThat(result.largestGap()).isPresent();
    JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("report.json")));
    assertThat(json.get("verdict").asText()).isEqualTo("passed");
    assertThat(json.get("numbers").get("firstAfter").asLong())
        .isEqualTo(json.get("numbers").get("lastBefore").asLong() + 1);
    assertThat(json.get("hops").get(0).get("source").get("outcome").asText())
        .isEqualTo("completed");
    assertThat(testSuite().getAttribute("failures")).isEqualTo("0");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("The process moved, and went on counting", "<svg", "freeze")
        .doesNotContain("{{", "http://", "https://");
  }

  @Test
  void theSummaryShowsTheNumbersOfBothSides() {
    VerifyResult result = run("well");

    String summary = Summary.of(result, folder);

    long first = result.numbers().value(result.firstAfterMove().orElseThrow());
    assertThat(summary.lines().count()).isBetween(8L, 12L);
    assertThat(summary)
        .contains((first - 1) + "    on the source")
        .contains("after     " + first)
        .contains("4.3 ms from freeze to resume")
        .contains("correct: ")
        .contains("report.html");
  }

  @ParameterizedTest
  @CsvSource({"skip, skipped", "repeat, repeated", "back, went-back"})
  void aWrongNumberFailsAndIsNamed(String behaviour, String kind) throws Exception {
    VerifyResult result = run(behaviour);
    VerifyReports.write(folder, result);

    assertThat(result.passed()).isFalse();
    assertThat(result.problem().orElseThrow())
        .contains("across the hand-over from the source to the destination");
    JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("report.json")));
    assertThat(json.get("verdict").asText()).isEqualTo("failed");
    assertThat(json.get("mistake").get("kind").asText()).isEqualTo(kind);
    assertThat(testSuite().getAttribute("failures")).isEqualTo("1");
    assertThat(Summary.of(result, null)).contains("WRONG: ");
  }

  @Test
  void aTargetThatFallsSilentFails() {
    VerifyResult result = run("silent", Duration.ofSeconds(5));

    assertThat(result.passed()).isFalse();
    assertThat(result.problem().orElseThrow())
        .startsWith("no number came after the move: the last one was ");
  }

  @Test
  void aRefusalFailsWithItsReasons() {
    VerifyResult result = run("refuse");

    assertThat(result.passed()).isFalse();
    assertThat(result.problem().orElseThrow()).contains("fd 7 (socket): not carried");
    assertThat(VerifyHtml.of(result)).contains("The process did not move");
  }

  @Test
  void aTargetThatDiesTooEarlyCannotBeJudged() {
    assertThatThrownBy(() -> run("die-before"))
        .isInstanceOf(HarnessException.class)
        .hasMessageContaining("no 20 numbers, the last number was 14");
  }

  @Test
  void aHostThatIsNotFitCannotBeJudged() {
    assertThatThrownBy(() -> run("unfit"))
        .isInstanceOf(HarnessException.class)
        .hasMessageContaining("sysctl -w vm.unprivileged_userfaultfd=1");
  }

  private VerifyResult run(String behaviour) {
    return run(behaviour, Duration.ofSeconds(60));
  }

  private VerifyResult run(String behaviour, Duration timeout) {
    LiveMigrationHarness harness = FakeMigrate.harness(behaviour).timeout(timeout).build();
    return VerifyScenario.of(harness).numbersBefore(20).numbersAfter(30).run();
  }

  private Element testSuite() throws Exception {
    String xml = Files.readString(folder.resolve("TEST-migrate-verify.xml"));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)))
        .getDocumentElement();
  }
}
