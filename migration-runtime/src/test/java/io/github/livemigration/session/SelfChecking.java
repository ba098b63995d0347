package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs that tell what they see of their own state, one line of JSON for each look. */
enum SelfChecking {
  STATE("state.py", true),
  IDENTITY("identity.py", false),
  TIMERS("posix_timers.py", false),
  REGISTERS("registers.py", false),
  SANDBOX("sandbox.py", true),
  RARE("rare_state.py", false),
  HOLDER("holder.py", true),
  HUGE_PAGES("huge_pages.py", false);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String script;
  private final boolean wantsFolder;

  SelfChecking(String script, boolean wantsFolder) {
    this.script = script;
    this.wantsFolder = wantsFolder;
  }

  /** Returns how many huge pages the host needs for a copy on each side. */
  int hugePages() {
    return this == HUGE_PAGES ? 36 : 0;
  }

  /** Start the program and wait until it has set up its state. */
  TargetProcess start(Path folder) throws IOException {
    TargetProcess target =
        wantsFolder
            ? TargetProcess.python(folder, script, Files.createTempDirectory(folder, "home"))
            : TargetProcess.python(folder, script);
    target.awaitLines(1);
    return target;
  }

  /** Roll a move back, move the program and move it again: it sees the same as before each time. */
  void assertKept(JsonNode before, TargetProcess target, TestReceiver receiver) throws Exception {
    receiver.rollBack(target);
    assertThat(look(target)).as("rolled back").isEqualTo(before);
    receiver.receive(target);
    assertThat(look(target)).as("moved").isEqualTo(before);
    receiver.receive(target);
    assertThat(look(target)).as("moved twice").isEqualTo(before);
  }

  /** Returns what the program sees now. */
  JsonNode look(TargetProcess target) throws IOException {
    if (this == IDENTITY || this == REGISTERS) {
      int printed = target.lines().size();
      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitLines(printed + 1);
    } else {
      target.awaitMoreLines(this == TIMERS ? 10 : 2);
    }
    List<String> lines = new ArrayList<>(target.lines());
    if (this == TIMERS) {
      lines.removeIf(line -> !line.startsWith("{\"process"));
    }
    JsonNode look = JSON.readTree(lines.get(lines.size() - 1));
    if (look instanceof ObjectNode object) {
      object.remove("line"); // Counts the looks.
    }
    return look;
  }
}
