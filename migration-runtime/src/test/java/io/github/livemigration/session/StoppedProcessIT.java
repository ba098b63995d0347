package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that job control has stopped stays stopped, and goes on when it is told to. */
class StoppedProcessIT {
  /** Counts in the first thread, and in two others that print what they missed. */
  private static final String COUNTING_THREADS =
      """
      import os, threading, time
      os.setpgid(0, 0) # Where nobody does job control, SIGTSTP would be ignored: the group is orphaned.
      counts = [0, 0]
      def count(which):
        while True:
          counts[which] += 1
          time.sleep(0.001)
      for which in range(2):
        threading.Thread(target=count, args=(which,), daemon=True).start()
      number = 0
      while True:
        before = list(counts)
        while counts[0] == before[0] or counts[1] == before[1]:
          time.sleep(0.001)
        number += 1
        print(number)
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {Signals.SIGSTOP, 20 /* SIGTSTP */})
  void staysStoppedUntilItIsContinued(int signal) throws Exception {
    try (TargetProcess target = start();
        TestReceiver receiver = new TestReceiver()) {
      stop(target, signal);
      int lines = target.lines().size();
      receiver.receive(target);
      staysStopped(target, lines);
      receiver.receive(target);
      staysStopped(target, lines);
      goesOn(target);
    }
  }

  @Test
  void staysStoppedAfterAMigrationThatWasRolledBack() throws Exception {
    try (TargetProcess target = start();
        TestReceiver receiver = new TestReceiver()) {
      stop(target, Signals.SIGSTOP);
      int lines = target.lines().size();
      receiver.rollBack(target);
      staysStopped(target, lines);
      goesOn(target);
    }
  }

  private TargetProcess start() throws Exception {
    return TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", COUNTING_THREADS));
  }

  private static void stop(TargetProcess target, int signal) throws Exception {
    target.awaitMoreLines(10);
    Signals.kill(target.pid(), signal);
    await().until(() -> allThreadsAre(target, 'T'));
  }

  private static boolean allThreadsAre(TargetProcess target, char state) {
    return ProcFs.threads(target.pid()).stream()
        .map(tid -> ProcessStatus.parse(ProcFs.read(target.pid(), "task/" + tid + "/status")))
        .allMatch(status -> status.state() == state);
  }

  private static void staysStopped(TargetProcess target, int lines) {
    await().until(() -> allThreadsAre(target, 'T'));
    await()
        .during(Duration.ofMillis(100))
        .until(() -> allThreadsAre(target, 'T') && target.lines().size() == lines);
  }

  private static void goesOn(TargetProcess target) throws Exception {
    Signals.kill(target.pid(), Signals.SIGCONT);
    target.awaitMoreLines(10);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }
}
