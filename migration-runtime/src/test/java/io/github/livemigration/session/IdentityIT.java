package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credentials, limits and switches, of the process and of each thread, after a move. */
class IdentityIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void eachThreadKeepsItsIdentityAndTheProcessItsLimits() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "identity.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(1);
      JsonNode before = last(target);

      receiver.receive(target);
      Signals.kill(target.pid(), Signals.SIGUSR1);

      target.awaitLines(2);
      assertThat(last(target).toPrettyString()).isEqualTo(before.toPrettyString());
      assertThat(before.at("/main/CapAmb").asText()).as("the target did its part").isNotBlank();
      assertThat(before.get("main")).isNotEqualTo(before.get("worker"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "memory is never writable and executable (PR_SET_MDWE), 65, 66, 1, 0",
    "MDWE without inheritance, 65, 66, 3, 0",
    "memory may be merged (PR_SET_MEMORY_MERGE), 67, 68, 1, 0",
    "time stamp counter forbidden (PR_SET_TSC), 26, 25, 2, 1",
    "huge pages off (PR_SET_THP_DISABLE), 41, 42, 1, 0",
    "not dumpable (PR_SET_DUMPABLE), 4, 3, 0, 0",
    "keep capabilities (PR_SET_KEEPCAPS), 8, 7, 1, 0",
    "no new privileges (PR_SET_NO_NEW_PRIVS), 38, 39, 1, 0",
  })
  void switchStaysAsItWas(String name, int set, int get, int value, int pointed) throws Exception {
    try (TargetProcess target =
            TargetProcess.perl(folder, "switches.pl", set, get, value, pointed);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(2);

      receiver.receive(target);

      target.awaitMoreLines(3);
      String expected = pointed == 1 ? "0 " + value : value + " 0";
      assertThat(new HashSet<>(target.lines()))
          .as(name)
          .isEqualTo(new HashSet<>(List.of(expected)));
    }
  }

  private static JsonNode last(TargetProcess target) throws Exception {
    List<String> lines = target.lines();
    return JSON.readTree(lines.get(lines.size() - 1));
  }
}
