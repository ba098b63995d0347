package io.github.livemigration.session;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.tracee.TracedThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachedProcessTest {
  /** Its child opens a FIFO before execve(2); until then no signal but SIGKILL wakes the parent. */
  private static final String WAITS_FOR_ITS_CHILD =
      """
      import os, signal, sys
      os.mkfifo(sys.argv[1])
      os.posix_spawn('/bin/true', ['true'], {}, file_actions=[
          (os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)])
      signal.pause()
      """;

  @TempDir Path folder;

  @Test
  void stopThatIsOnItsWayIsAwaited() throws Exception {
    Path fifo = folder.resolve("fifo");
    Process process =
        new ProcessBuilder("python3", "-c", WAITS_FOR_ITS_CHILD, fifo.toString())
            .inheritIO()
            .start();
    try {
      int pid = (int) process.pid();
      await().until(() -> state(pid) == 'D');
      Signals.tgkill(pid, pid, Signals.SIGSTOP);

      CompletableFuture<ProcessStatus> settled = supplyAsync(() -> AttachedProcess.settled(pid));
      await().during(50, TimeUnit.MILLISECONDS).until(() -> state(pid) == 'D');
      Files.newOutputStream(fifo).close();

      assertThat(settled.get(60, TimeUnit.SECONDS).state()).isEqualTo('T');
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void tracerThatIsAboutToEndIsAwaited() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    ExecutorService tracer = Executors.newSingleThreadExecutor();
    int pid = (int) process.pid();
    try {
      tracer.submit(() -> TracedThread.seize(pid, 0)).get();

      CompletableFuture<ProcessStatus> settled = supplyAsync(() -> AttachedProcess.settled(pid));
      await().during(50, TimeUnit.MILLISECONDS).until(() -> !settled.isDone());
      tracer.shutdown();

      assertThat(settled.get(60, TimeUnit.SECONDS).tracerPid()).isZero();
    } finally {
      tracer.shutdown();
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void processThatRunsIsNotAwaited() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      ProcessStatus status = AttachedProcess.settled((int) process.pid());

      assertThat(status.tracerPid()).isZero();
      assertThat(AttachedProcess.isHeld(status)).isFalse();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static char state(int pid) {
    return ProcessStatus.parse(ProcFs.read(pid, "status")).state();
  }
}
