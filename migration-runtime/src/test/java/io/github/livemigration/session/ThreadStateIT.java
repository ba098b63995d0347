package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queued signals, handlers under way, vector registers, locks, names and scheduling of many threads
 * are after a move what they were, and after one that was rolled back as well.
 */
class ThreadStateIT {
  @TempDir Path folder;

  @Test
  void threadsFindEverythingAsItWas() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "threads.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.receive(target);
      everythingIsFine(target);
    }
  }

  @Test
  void threadsFindEverythingAsItWasAfterARollBackAndTwoMoves() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "threads.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.rollBack(target);
      receiver.receive(target);
      receiver.receive(target);
      everythingIsFine(target);
    }
  }

  private static void everythingIsFine(TargetProcess target) throws Exception {
    Signals.kill(target.pid(), Signals.SIGUSR1);
    await().until(() -> !target.isAlive() || target.lines().contains("done"));
    List<String> lines = target.lines();
    assertThat(lines).startsWith("ready 19").endsWith("done");
    assertThat(lines.subList(1, lines.size() - 1))
        .hasSizeGreaterThan(19)
        .allMatch(line -> line.contains("\"verdict\": \"fine\""));
  }
}
