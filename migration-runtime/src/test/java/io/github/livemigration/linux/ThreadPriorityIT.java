package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ThreadPriorityIT {
  private static final int SCHED_FIFO = 1;

  @Test
  void raisedThreadIsRealTimeWherePermittedAndItsChildrenAreNot() {
    CompletableFuture.runAsync(
            () -> {
              // A control group without a real-time budget permits none.
              boolean raised = ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
              assertThat(policy(SelfProcess.gettid())).isEqualTo(raised ? SCHED_FIFO : 0);
              int child = PauseProgram.spawn();
              try {
                assertThat(policyOfProcess(child)).isZero();
              } finally {
                PauseProgram.end(child);
              }
              assertThat(ThreadPriority.reset()).isTrue();
              assertThat(policy(SelfProcess.gettid())).isZero();
            },
            work -> new Thread(work).start())
        .join();
  }

  private static int policy(int tid) {
    return ProcessStat.parse(ProcFs.read(SelfProcess.pid(), "task/" + tid + "/stat")).policy();
  }

  private static int policyOfProcess(int pid) {
    return ProcessStat.parse(ProcFs.read(pid, "stat")).policy();
  }
}
