package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

  @Test
  void allThreadsGoAfterOthersInACalmTimeAndComeBack() throws Exception {
    Set<Integer> before = usualNiceValues();
    int calmNice = Math.max(10, Collections.max(before));
    ThreadPriority.Calm calm = ThreadPriority.calmly();
    CountDownLatch end = new CountDownLatch(1);
    try (calm) {
      assertThat(niceValues()).containsExactly(calmNice);
      new Thread(() -> assertThatCode(end::await).doesNotThrowAnyException()).start();
      assertThat(niceValues()).containsExactly(calmNice);
    } finally {
      end.countDown();
    }

    assertThat(niceValues()).isEqualTo(before);
  }

  @Test
  void threadThatStepsBackStaysBehindAlone() {
    Set<Integer> before = usualNiceValues();
    CompletableFuture.runAsync(
            () -> {
              ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
              ThreadPriority.stepBack();
              assertThat(policy(SelfProcess.gettid())).isZero();
              assertThat(niceValues()).isEqualTo(Set.of(5, Collections.max(before)));
            },
            work -> new Thread(work).start())
        .join();
    assertThat(before).as("nice value of all").allMatch(nice -> nice < 5);
  }

  @Test
  void threadThatStepsBackHasTheShortestSliceWhereTheKernelHasSuch() {
    CompletableFuture.runAsync(
            () -> {
              long usual = TimeSlice.currentNanos();
              ThreadPriority.stepBack();
              assertThat(TimeSlice.currentNanos())
                  .isEqualTo(usual == 0 ? 0 : TimeSlice.SHORTEST_NANOS);
              assertThat(usual).isNotEqualTo(TimeSlice.SHORTEST_NANOS);
            },
            work -> new Thread(work).start())
        .join();
  }

  /** One value, once threads of earlier tests that have stepped back have ended. */
  private static Set<Integer> usualNiceValues() {
    return await().until(ThreadPriorityIT::niceValues, values -> values.size() == 1);
  }

  private static Set<Integer> niceValues() {
    Set<Integer> values = new HashSet<>();
    for (int tid : ProcFs.threads(SelfProcess.pid())) {
      try {
        values.add(
            ProcessStat.parse(ProcFs.read(SelfProcess.pid(), "task/" + tid + "/stat")).nice());
      } catch (NoSuchProcessException e) {
        // It has ended since.
      }
    }
    return values;
  }

  private static int policy(int tid) {
    return ProcessStat.parse(ProcFs.read(SelfProcess.pid(), "task/" + tid + "/stat")).policy();
  }

  private static int policyOfProcess(int pid) {
    return ProcessStat.parse(ProcFs.read(pid, "stat")).policy();
  }
}
