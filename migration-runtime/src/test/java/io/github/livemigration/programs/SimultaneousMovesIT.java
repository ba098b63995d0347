package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.session.MigrationListener;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import io.github.livemigration.session.Sender;
import io.github.livemigration.session.SenderOptions;
import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.session.TestReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes move at the same time to one receiver, again and again: not a number is lost,
 * and senders and receiver, all in this process, hold no more in the end than after the first time.
 */
class SimultaneousMovesIT {
  private static final int AT_ONCE = 8;
  private static final int ROUNDS = Moves.LONG ? 250 : 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What classes that are loaded late, and caches, may take. */
  private static final long MOST_GROWTH_KIB = 16 * 1024;

  @TempDir Path folder;

  @Test
  void manyMoveAtOnceAndLeaveNothingBehind() throws Exception {
    List<TargetProcess> targets = new ArrayList<>();
    ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE);
    try (TestReceiver receiver = new TestReceiver()) {
      for (int i = 0; i < AT_ONCE; i++) {
        Path own = Files.createDirectory(folder.resolve("target" + i));
        targets.add(TargetProcess.python(own, "counter.py", 2, 2));
      }
      move(targets, receiver, senders);
      await().atMost(PATIENCE).until(() -> Holdings.now().children() == AT_ONCE);
      Holdings before = Holdings.now();
      System.out.printf("after %d moves: %s%n", AT_ONCE, before);
      for (int round = 1; round <= ROUNDS; round++) {
        move(targets, receiver, senders);
        if (round % 50 == 0) {
          System.out.printf("after %d moves: %s%n", (round + 1) * AT_ONCE, Holdings.now());
        }
      }
      Holdings after =
          await()
              .atMost(PATIENCE)
              .pollInSameThread()
              .until(Holdings::now, holdings -> holdings.isNoMoreThan(before));
      System.out.printf("after %d moves: %s%n", (ROUNDS + 1) * AT_ONCE, after);
      assertThat(after.usedKib()).isLessThan(before.usedKib() + MOST_GROWTH_KIB);
      for (TargetProcess target : targets) {
        List<Long> numbers = target.numbers();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
      }
    } finally {
      senders.shutdownNow();
      targets.forEach(TargetProcess::close);
    }
  }

  private static void move(
      List<TargetProcess> targets, TestReceiver receiver, ExecutorService senders)
      throws Exception {
    SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
    CyclicBarrier together = new CyclicBarrier(targets.size());
    List<Future<MigrationReport>> sent = new ArrayList<>();
    for (TargetProcess target : targets) {
      target.awaitMoreLines(3);
      sent.add(
          senders.submit(
              () -> {
                together.await();
                return new Sender(options, MigrationListener.none()).send(target.pid());
              }));
    }
    for (Future<MigrationReport> each : sent) {
      assertThat(each.get().outcome()).isEqualTo(Outcome.COMPLETED);
    }
    Map<Integer, Integer> hostPids = new HashMap<>();
    while (hostPids.size() < targets.size()) {
      MigrationReport report = receiver.nextReport();
      if (report.outcome() == Outcome.COMPLETED) {
        hostPids.put(report.pid(), report.hostPid());
      }
    }
    for (TargetProcess target : targets) {
      target.movedTo(hostPids.get(target.ownPid()));
    }
  }
}
