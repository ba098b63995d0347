package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksIT {
  private static final String JAR =
      System.getProperty("migrate.jar", "../migration-runtime/target/migrate.jar");

  @TempDir Path folder;

  @Test
  void oneMigrationGivesTableAndPictures() throws Exception {
    int status =
        BenchmarkMain.run(
            "--runs", "1",
            "--only", "downtime",
            "--resident-mib", "1",
            "--jar", JAR,
            "--output", folder.toString());

    assertThat(status).isZero();
    assertThat(Files.readString(folder.resolve("benchmarks.md")))
        .contains("native, 1 MiB", "JVM, 20 threads", "native, not moved");
    assertThat(Files.readString(folder.resolve("benchmarks.json"))).contains("\"ratio\"");
    assertThat(folder.resolve("downtime.svg")).content().startsWith("<svg").endsWith("</svg>\n");
    assertThat(folder.resolve("phases.svg")).content().contains("capture");
  }

  @Test
  void drainOverALinkIsDrawnBesideTheLink() throws Exception {
    int status =
        BenchmarkMain.run(
            "--runs", "1",
            "--only", "bandwidth",
            "--bandwidth-mib", "4",
            "--links", "100,0",
            "--jar", JAR,
            "--output", folder.toString());

    assertThat(status).isZero();
    assertThat(Files.readString(folder.resolve("benchmarks.md")))
        .contains("100 MiB/s: drain of 4 MiB", "unlimited: memory to memory");
    assertThat(folder.resolve("bandwidth.svg")).content().contains(">100 MiB/s<", ">unlimited<");
  }
}
