package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers of {@code timer_create(2)} go on with their ids, values, threads and deadlines. */
class PosixTimerIT {
  private static final String PERIODIC =
      "{\"process\": {\"signal\": 35, \"code\": -2, \"timer\": 1, \"value\": 78187493520},"
          + " \"ids\": [1, 2, 3], \"disarmed\": [0, 0, 0, 0], \"interval\": [0, 10000000],"
          + " \"late_left\": true}";
  private static final String TO_THREAD =
      "{\"thread\": {\"signal\": 37, \"code\": -2, \"timer\": 4, \"value\": 3}}";

  @TempDir Path folder;

  @Test
  void timersGoOn() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "posix_timers.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      assertThat(target.lines()).contains(PERIODIC, TO_THREAD);
      receiver.receive(target);
      int moved = target.lines().size();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> target.lines().stream().anyMatch(line -> line.contains("overdue")));
      target.awaitMoreLines(10);

      List<String> after = target.lines().stream().skip(moved).toList();
      assertThat(after).contains(PERIODIC, TO_THREAD);
      assertThat(after.stream().filter(line -> line.contains("overdue")))
          .as("the timer with a deadline, after the move, once, and not before its time")
          .singleElement()
          .asString()
          .contains("\"timer\": 2", "\"value\": 2", "\"early\": false");
      assertThat(after)
          .filteredOn(line -> !line.contains("overdue"))
          .allMatch(line -> line.equals(PERIODIC) || line.equals(TO_THREAD));
    }
  }

  @Test
  void timersOfTheTimeOfTheirThreadCountThatThreadsOn() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "thread_timers.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(12);
      receiver.rollBack(target);
      target.awaitMoreLines(12);
      for (int hop = 0; hop < 2; hop++) {
        receiver.receive(target);
        int moved = target.lines().size();
        target.awaitMoreLines(20);
        assertThat(target.lines().stream().skip(moved))
            .contains("one right", "two right", "three right", "first right");
      }
      assertThat(target.lines()).allMatch(line -> line.endsWith(" right"));
    }
  }

  @Test
  void timerOfTheTimeOfItsThreadThatDoesNotRunIsRefusedByItsId() throws Exception {
    String script =
        """
        import ctypes, time
        timer = ctypes.c_int()
        ctypes.CDLL(None).syscall(222, time.CLOCK_THREAD_CPUTIME_ID, None, ctypes.byref(timer))
        while True:
          print(timer.value)
          time.sleep(0.005)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining(
              "timer 0 (timer_create) counts the time of the thread that made it and does not run");
      target.awaitMoreLines(3);
    }
  }
}
