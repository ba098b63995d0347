package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tests rely on: a target that has ended is not alive, and none outlives its test. */
class TargetProcessIT {
  @TempDir Path folder;

  @Test
  void processThatHasEndedIsNotAlive() throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, List.of("/bin/true"))) {
      await().until(() -> !target.isAlive());
      assertThat(ProcessStatus.parse(ProcFs.read(target.pid(), "status")).state()).isEqualTo('Z');

      target.close();

      assertThat(ProcFs.exists("/proc/" + target.pid())).as("left as a zombie").isFalse();
    }
  }

  @Test
  void copyThatNobodyToldOfEndsWithTheTest() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(5);
      new Sender(SenderOptions.to(receiver.address()), MigrationListener.none()).send(target.pid());

      target.close();

      assertThat(receiver.nextExitStatus()).isEqualTo(128 + 9);
      assertThat(ProcFs.exists("/proc/" + receiver.nextReport().hostPid())).isFalse();
    }
  }
}
