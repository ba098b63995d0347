package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.session.ProcessCheck;
import io.github.livemigration.session.Refusal;
import io.github.livemigration.session.TargetProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The workers of stress-ng, which verify what they do, move while they work. A worker is a process
 * of its own, but shares memory with the stress-ng that started it, and is moved when that is gone.
 * It would end with its parent (PR_SET_PDEATHSIG), so it is kept from asking for that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StressNgIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long ACTIVITY = 30;

  @TempDir Path folder;
  @AutoClose private final Moves moves = new Moves();

  @Test
  void processorMethodsComeToTheSameResults() throws Exception {
    move(1, "--cpu", "1", "--cpu-method", "all");
  }

  @Test
  void patternsInMemoryStay() throws Exception {
    move(2, "--vm", "1", "--vm-bytes", "24m", "--vm-method", "all");
  }

  @Test
  void mappingsKeepTheirContent() throws Exception {
    move(2, "--mmap", "1", "--mmap-bytes", "24m");
  }

  @Test
  void allocationsKeepTheirContent() throws Exception {
    move(2, "--malloc", "1", "--malloc-bytes", "64k", "--malloc-max", "500");
  }

  @Test
  void waitsForFutexesEndInTime() throws Exception {
    move(2, "--futex", "1");
  }

  @Test
  void threadsTakeTurnsBySemaphores() throws Exception {
    move(1, "--sem", "1");
  }

  @Test
  void timerGoesOnExpiring() throws Exception {
    move(1, "--timer", "1", "--timer-freq", "1000");
  }

  /** It goes on and comes to its verdict. */
  @Test
  void wholeStressNgIsRefused() throws Exception {
    try (TargetProcess whole = start("--cpu", "1")) {
      int worker = whole.descendant(1);

      assertThat(refusals(whole.pid())).contains(ProcessKind.CHILDREN.id());
      assertThat(refusals(worker)).contains(MemoryKind.SHARED_WITH_OTHERS.id());
      Signals.kill(whole.pid(), Signals.SIGINT);
      whole.awaitLines(3);
      assertThat(whole.lines()).last().asString().contains("successful run completed");
    }
  }

  private static List<String> refusals(int pid) {
    return ProcessCheck.of(pid).refusals().stream().map(Refusal::kind).toList();
  }

  /**
   * Move the process that works.
   *
   * @param generation of it, as some workers leave the work to a child
   */
  private void move(int generation, String... stressor) throws Exception {
    try (TargetProcess whole = start(stressor);
        TargetProcess worker = whole.orphaned(generation)) {
      moves.move(worker, () -> awaitActivity(worker));
      Signals.kill(worker.pid(), Signals.SIGINT);
      assertThat(moves.exitStatus()).as("verified: %s", worker.lines()).isZero();
      assertThat(worker.lines()).noneMatch(line -> line.contains("fail"));
    }
  }

  private TargetProcess start(String... stressor) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/python3", Moves.resource("deaf.py"), "stress-ng"));
    command.addAll(List.of(stressor));
    command.addAll(List.of("--verify", "--temp-path", folder.toString()));
    return TargetProcess.start(folder, command);
  }

  private static void awaitActivity(TargetProcess worker) {
    long before = activity(worker);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> activity(worker) >= before + ACTIVITY || !worker.isAlive());
  }

  /** Returns how often its threads have run, with the milliseconds that they did. */
  private static long activity(TargetProcess worker) {
    long activity = 0;
    for (int thread : ProcFs.threads(worker.pid())) {
      // Nanoseconds on a processor, nanoseconds of waiting for one, number of times on one.
      String[] fields =
          ProcFs.readText(worker.pid(), "task/" + thread + "/schedstat").strip().split(" ");
      activity += Long.parseLong(fields[0]) / 1_000_000 + Long.parseLong(fields[2]);
    }
    return activity;
  }
}
