package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.ThreadPriority;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StandbyThreadsIT {
  @Test
  void workBeginsWithThePriorityOfAThreadThatSomebodyWaitsFor() {
    int raised =
        onNewThread(
            () -> {
              ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
              return policy();
            });
    CompletableFuture<Integer> waited = new CompletableFuture<>();
    try (StandbyThreads threads = new StandbyThreads(1)) {
      threads.start("work", () -> waited.complete(policy())).joinUninterruptibly();
    }

    assertThat(waited.join()).isEqualTo(raised);
  }

  private static int onNewThread(Supplier<Integer> work) {
    return CompletableFuture.supplyAsync(work, command -> new Thread(command).start()).join();
  }

  private static int policy() {
    byte[] stat = ProcFs.read(SelfProcess.pid(), "task/" + SelfProcess.gettid() + "/stat");
    return ProcessStat.parse(stat).policy();
  }
}
