package io.github.livemigration.harness;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Starts a script that stands in for the command line and shows a behaviour. */
final class FakeMigrate {

  private FakeMigrate() {}

  static MigrateCommand showing(String behaviour) {
    return MigrateCommand.of(List.of(python(), script().toString(), behaviour));
  }

  static LiveMigrationHarness.Builder harness(String behaviour) {
    return LiveMigrationHarness.of(TargetCommand.ofCommand(List.of("counter")))
        .migrateCommand(showing(behaviour));
  }

  /** Temporary folders of the harnesses of this JVM that exist now. */
  static List<Path> scratchFolders() throws IOException {
    String prefix = "live-migration-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  private static String python() {
    String debian = "/usr/bin/python3";
    return Files.isExecutable(Path.of(debian)) ? debian : "python3";
  }

  private static Path script() {
    try {
      URL script = FakeMigrate.class.getResource("fake-migrate.py");
      if (script == null) {
        throw new IllegalStateException("fake-migrate.py is missing");
      }
      return Path.of(script.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
