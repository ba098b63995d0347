package io.github.livemigration.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program starts itself again, in place, with options that suit it. */
class JvmOptionsIT {
  @TempDir Path folder;

  @Test
  void receiverStartsItselfAgainInTheSameProcess() throws IOException {
    Process receiver = receive();
    try {
      awaitListening();
      assertThat(commandLine(receiver))
          .contains("-XX:TieredStopAtLevel=1", "-Xmn16m")
          .endsWith("0");
    } finally {
      receiver.destroyForcibly();
    }
  }

  @Test
  void heapThatTheUserHasChosenStays() throws IOException {
    Process receiver = receive("-Xmx30m");
    try {
      awaitListening();
      assertThat(commandLine(receiver))
          .contains("-XX:TieredStopAtLevel=1", "-Xmx30m")
          .doesNotContain("-Xmn16m");
    } finally {
      receiver.destroyForcibly();
    }
  }

  @Test
  void optionsThatTheUserHasChosenStay() throws IOException {
    Process receiver = receive("-XX:+UseParallelGC");
    try {
      awaitListening();
      assertThat(commandLine(receiver))
          .contains("-XX:+UseParallelGC")
          .doesNotContain("-XX:TieredStopAtLevel=1");
    } finally {
      receiver.destroyForcibly();
    }
  }

  private Process receive(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "receive",
            "--rehearsals=0",
            "0"));
    return new ProcessBuilder(command)
        .redirectError(errors().toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private Path errors() {
    return folder.resolve("errors.txt");
  }

  private void awaitListening() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.readString(errors()).contains("listening on "));
  }

  private static List<String> commandLine(Process process) {
    String words = ProcFs.readText("/proc/" + process.pid() + "/cmdline");
    return List.of(words.split("\0"));
  }
}
