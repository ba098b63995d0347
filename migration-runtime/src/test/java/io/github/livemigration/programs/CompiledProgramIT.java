package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Programs of other run-time systems and C libraries move while they work. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompiledProgramIT {
  @TempDir Path folder;
  @AutoClose private final Moves moves = new Moves();

  @Test
  void goKeepsItsGoroutinesAndTimers() throws Exception {
    moves.moveCounting(folder, List.of(built("go", "build", "-o", "OUTPUT", "churn.go")));
  }

  @Test
  void staticallyLinkedProgramOfMuslKeepsItsThreads() throws Exception {
    moves.moveCounting(
        folder, List.of(built("musl-gcc", "-O1", "-static", "-o", "OUTPUT", "churn.c")));
  }

  @Test
  void dynamicallyLinkedProgramOfMuslKeepsItsThreads() throws Exception {
    moves.moveCounting(folder, List.of(built("musl-gcc", "-O1", "-o", "OUTPUT", "churn.c")));
  }

  @Test
  void dynamicallyLinkedProgramOfGlibcKeepsItsThreads() throws Exception {
    moves.moveCounting(folder, List.of(built("gcc", "-O1", "-pthread", "-o", "OUTPUT", "churn.c")));
  }

  /** Build a program by the compiler that is installed, and return its path. */
  private String built(String... command) throws Exception {
    String output = folder.resolve("program").toString();
    List<String> words = new ArrayList<>(Arrays.asList(command));
    words.replaceAll(word -> word.equals("OUTPUT") ? output : word);
    words.set(words.size() - 1, Moves.resource(words.get(words.size() - 1)));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("GOCACHE", folder.resolve("cache").toString());
    builder.environment().put("GO111MODULE", "off");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", words, said).isZero();
    return output;
  }
}
