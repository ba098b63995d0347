package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many threads as can be carried. */
class ManyThreadsIT {
  private static final int THREADS = 4_999;

  @TempDir Path folder;

  @Test
  void fiveThousandThreadsMove() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "crowd.py", THREADS);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      MigrationReport report = receiver.receive(target);
      assertThat(report.threads()).isEqualTo(1 + THREADS);
      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitLines(2);
      assertThat(target.lines()).containsExactly("ready", THREADS + " True");
    }
  }
}
