package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
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
    int seconds = 4;
    while (!timersGoOn(seconds)) {
      seconds *= 4;
    }
  }

  /** Returns whether the deadline was still to come after the move. */
  private boolean timersGoOn(int seconds) throws Exception {
    try (TestReceiver receiver = new TestReceiver();
        TargetProcess target = TargetProcess.python(folder, "posix_timers.py", seconds)) {
      target.awaitMoreLines(10);
      assertThat(target.lines()).contains(PERIODIC, TO_THREAD);
      receiver.receive(target);
      List<String> before = target.lines();
      if (before.stream().anyMatch(line -> line.contains("overdue"))) {
        return false;
      }
      await().until(() -> target.lines().stream().anyMatch(line -> line.contains("overdue")));
      target.awaitMoreLines(10);

      List<String> after = target.lines().stream().skip(before.size()).toList();
      assertThat(after).contains(PERIODIC, TO_THREAD);
      assertThat(after.stream().filter(line -> line.contains("overdue")))
          .as("the timer with a deadline, after the move, once, and not before its time")
          .singleElement()
          .asString()
          .contains("\"timer\": 2", "\"value\": 2", "\"early\": false");
      assertThat(after)
          .filteredOn(line -> !line.contains("overdue"))
          .allMatch(line -> line.equals(PERIODIC) || line.equals(TO_THREAD));
      return true;
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
            .contains("one right", "two right", "idle right", "first right");
      }
      assertThat(target.lines()).allMatch(line -> line.endsWith(" right"));
    }
  }

  /** Its one signal comes with what has gone by, and the timer goes on. */
  @Test
  void periodsCountAsOverrunsWhileTheSignalIsPending() throws Exception {
    int periods = 20;
    try (TargetProcess target = TargetProcess.python(folder, "pending_timers.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      receiver.rollBack(target);
      receiver.receive(target);
      target.awaitMoreLines(periods);
      Signals.kill(target.pid(), Signals.SIGUSR1);
      await()
          .until(
              () -> target.lines().stream().filter(line -> line.contains("overruns")).count() == 3);

      for (String line : target.lines()) {
        if (line.contains("overruns")) {
          JsonNode taken = new ObjectMapper().readTree(line);
          assertThat(taken.get("overruns").asInt())
              .as("%s: a line is longer than a period", line)
              .isBetween(taken.get("once").asBoolean() ? 0 : periods, taken.get("most").asInt());
          assertThat(taken.get("getoverrun")).isEqualTo(taken.get("overruns"));
          assertThat(taken.get("value").asInt()).isEqualTo(taken.get("signal").asInt() + 100);
          assertThat(taken.get("right").asBoolean()).as(line).isTrue();
        }
      }
    }
  }

  @Test
  void timerOfTheTimeOfAThreadThatHasEndedIsRefusedByItsId() throws Exception {
    String script =
        """
        import ctypes, threading, time
        timer = ctypes.c_int()
        def create():
          ctypes.CDLL(None).syscall(222, time.CLOCK_THREAD_CPUTIME_ID, None, ctypes.byref(timer))
        thread = threading.Thread(target=create)
        thread.start()
        thread.join()
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
              "timer 0 (timer_create) counts the time of the thread that made it, and nothing tells");
      target.awaitMoreLines(3);
    }
  }
}
