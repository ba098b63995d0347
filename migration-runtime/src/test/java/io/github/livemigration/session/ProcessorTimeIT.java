package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers of processor time have as much left after a move as before, on clocks that start anew. */
class ProcessorTimeIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void timersHaveWhatWasLeft() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "processor_time.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.rollBack(target);
      receiver.receive(target);
      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitLines(8);

      JsonNode found = JSON.readTree(target.lines().get(1));
      assertThat(found.get("left")).as("%s", found).hasSize(5).allMatch(JsonNode::asBoolean);
      assertThat(found.get("interval").asDouble()).isEqualTo(0.6);
      assertThat(found.get("used").asBoolean()).as("clocks have started anew").isTrue();
      assertThat(target.lines().subList(2, 8))
          .containsExactly(
              "virtual",
              "profiling",
              "process",
              "process by its number",
              "thread by its number",
              "done");
    }
  }
}
