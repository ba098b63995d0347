package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedHarnessTest {

  @TempDir Path folder;

  @Test
  void theEndOfTheMachineEndsEverythingThatItStarted() throws Exception {
    Process process =
        new ProcessBuilder(
                TargetCommand.javaExecutable(),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path", "")),
                EndlessScenario.class.getName())
            .redirectError(Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      long target = Long.parseLong(String.valueOf(output.readLine()));
      List<ProcessHandle> started = process.descendants().toList();
      assertThat(started).extracting(ProcessHandle::pid).contains(target);

      process.destroy();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(started).noneMatch(ProcessHandle::isAlive);
      assertThat(folders()).isEmpty();
    } finally {
      ProcessTree.end(List.of(process.toHandle()), List.of(), Duration.ZERO);
    }
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("live-migration-"))
          .toList();
    }
  }
}
