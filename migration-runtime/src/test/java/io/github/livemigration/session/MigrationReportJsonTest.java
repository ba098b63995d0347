package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationReportJsonTest {

  private static final MigrationReport REPORT =
      MigrationReport.builder()
          .outcome(Outcome.ROLLED_BACK)
          .mode(MigrationMode.HYBRID)
          .pid(12)
          .hostPid(4711)
          .threads(3)
          .mappings(40)
          .residentBytes(1L << 33)
          .downtime(Duration.ofNanos(12_345_678))
          .total(Duration.ofMillis(250))
          .pages(new PageCounts(9, 1, 2, 1, 3, 2))
          .faultLatency(new FaultLatency(2, 80, 120, 125))
          .drainBytesPerSecond(1_400_000_000)
          .phase("freeze", Duration.ofMillis(1), Duration.ofMillis(3))
          .refusal(new Refusal("descriptor.socket", "fd 7", "a socket", "close it"))
          .build();

  @TempDir Path folder;

  @Test
  void writesTheFieldNamesThatScriptsRelyOn() throws IOException {
    JsonNode json = new ObjectMapper().readTree(MigrationReportJson.toJson(REPORT));

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "outcome",
            "mode",
            "pid",
            "hostPid",
            "threads",
            "mappings",
            "residentBytes",
            "downtimeMillis",
            "totalMillis",
            "pages",
            "faultLatencyMicros",
            "drainBytesPerSecond",
            "phases",
            "refusals");
    assertThat(json.get("outcome").asText()).isEqualTo("rolled-back");
    assertThat(json.get("mode").asText()).isEqualTo("hybrid");
    assertThat(json.get("downtimeMillis").asDouble()).isEqualTo(12.345678);
    assertThat(json.get("pages").fieldNames())
        .toIterable()
        .containsExactly("resident", "zero", "precopied", "hot", "pushed", "demand");
    assertThat(json.get("faultLatencyMicros").fieldNames())
        .toIterable()
        .containsExactly("count", "p50", "p99", "max");
    assertThat(json.get("phases").get(0).fieldNames())
        .toIterable()
        .containsExactly("name", "startMillis", "endMillis");
    assertThat(json.get("refusals").get(0).fieldNames())
        .toIterable()
        .containsExactly("kind", "what", "why", "advice");
  }

  @Test
  void leavesOutTheHostPidThatTheSourceCannotKnow() {
    MigrationReport source = REPORT.toBuilder().hostPid(0).build();

    assertThat(MigrationReportJson.toJson(source)).doesNotContain("hostPid");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Path file = folder.resolve("deeper/report.json");

    MigrationReportJson.write(file, REPORT);

    assertThat(MigrationReportJson.read(file)).isEqualTo(REPORT);
    assertThat(REPORT.toBuilder().build()).isEqualTo(REPORT);
  }

  @Test
  void replacesAnOlderReportAndLeavesNothingBesideIt() throws IOException {
    Path file = folder.resolve("report.json");

    MigrationReportJson.write(file, REPORT);
    MigrationReportJson.write(file, REPORT.toBuilder().outcome(Outcome.COMPLETED).build());

    assertThat(MigrationReportJson.read(file).outcome()).isEqualTo(Outcome.COMPLETED);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void readsAReportOfANewerVersionAndOneWithGaps() throws IOException {
    Path file = folder.resolve("report.json");
    Files.writeString(file, "{\"outcome\": \"completed\", \"moons\": [1, 2], \"threads\": 4}");

    MigrationReport report = MigrationReportJson.read(file);

    assertThat(report.threads()).isEqualTo(4);
    assertThat(report.mode()).isEqualTo(MigrationMode.POST_COPY);
    assertThat(report.pages()).isEqualTo(PageCounts.NONE);
    assertThat(report.phases()).isEqualTo(List.of());
  }

  @Test
  void namesTheFileThatIsNoReport() throws IOException {
    Path file = folder.resolve("report.json");
    Files.writeString(file, "{\"outcome\": \"lost\"}");

    assertThatThrownBy(() -> MigrationReportJson.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("no outcome 'lost': one of completed, refused, rolled-back, failed");
  }

  @Test
  void givesDurations() {
    assertThat(REPORT.downtime()).isEqualTo(Duration.ofNanos(12_345_678));
    assertThat(REPORT.total()).isEqualTo(Duration.ofMillis(250));
    assertThat(REPORT.phase("freeze")).map(Phase::duration).contains(Duration.ofMillis(2));
    assertThat(REPORT.phase("thaw")).isEmpty();
    assertThat(REPORT.pages().arrived()).isEqualTo(9);
  }
}
