package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksIT {
  @TempDir Path folder;

  @Test
  void oneMigrationGivesTableAndPictures() throws Exception {
    String jar = System.getProperty("migrate.jar", "../migration-runtime/target/migrate.jar");

    int status =
        BenchmarkMain.run(
            "--runs", "1",
            "--only", "downtime",
            "--resident-mib", "1",
            "--jar", jar,
            "--output", folder.toString());

    assertThat(status).isZero();
    assertThat(Files.readString(folder.resolve("benchmarks.md")))
        .contains("native, 1 MiB", "JVM, 20 threads", "native, not moved");
    assertThat(Files.readString(folder.resolve("benchmarks.json"))).contains("\"ratio\"");
    assertThat(folder.resolve("downtime.svg")).content().startsWith("<svg").endsWith("</svg>\n");
    assertThat(folder.resolve("phases.svg")).content().contains("capture");
  }
}
