package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.tracee.TriggerSignal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrozenProcessIT {
  private static final int FREEZES = 300;
  private static final char TRACED = 't';

  @TempDir Path folder;

  /** Each starts the next one and ends, so that a list of threads is out of date at once. */
  @Test
  void threadsThatStartOthersAndEndLeaveNoneThatRuns() throws Exception {
    String script =
        """
        import threading
        def chain():
          threading.Thread(target=chain).start()
        threading.stack_size(64 * 1024)
        for _ in range(3):
          chain()
        print("ready", flush=True)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        Tracer tracer = new Tracer("tracer of the test");
        ProcessMemory memory = ProcessMemory.open(target.pid())) {
      target.awaitLines(1);
      for (int i = 0; i < FREEZES; i++) {
        tracer.run(() -> freezeAndThaw(target.pid(), memory));
      }
    }
  }

  private static void freezeAndThaw(int pid, ProcessMemory memory) {
    FrozenProcess frozen =
        FrozenProcess.freeze(pid, memory, Map.of(), Set.of(), TriggerSignal.NONE);
    try {
      assertThat(ProcFs.threads(pid))
          .filteredOn(tid -> LiveThread.isAlive(pid, tid))
          .allMatch(tid -> stateOf(pid, tid) == TRACED);
    } finally {
      frozen.thaw();
    }
  }

  private static char stateOf(int pid, int tid) {
    return ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status")).state();
  }
}
