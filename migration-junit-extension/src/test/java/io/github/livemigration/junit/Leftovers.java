package io.github.livemigration.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what a test has left behind: processes, temporary folders, threads. */
final class Leftovers {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Leftovers() {}

  /** Fail if a process has this marker in its arguments, or this JVM has a temporary folder. */
  static void assertNone(String marker) throws IOException {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(processes(marker)).isEmpty());
    assertThat(folders()).isEmpty();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .map(Thread::getName)
                    .noneMatch(name -> name.startsWith("output of ")));
  }

  /** The processes of this host with this marker in their arguments. */
  static List<String> processes(String marker) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .map(Leftovers::arguments)
          .filter(arguments -> arguments.contains(marker))
          .toList();
    }
  }

  private static String arguments(Path process) {
    try {
      String raw = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return process.getFileName() + " " + raw.replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Path> folders() throws IOException {
    String prefix = "live-migration-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }
}
