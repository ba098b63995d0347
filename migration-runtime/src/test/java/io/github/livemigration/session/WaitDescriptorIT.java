package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The descriptors by which a program waits go on: eventfd, epoll, timerfd, signalfd. */
class WaitDescriptorIT {
  @TempDir Path folder;

  @Test
  void programSeesTheSameStateAfterEachOfThreeMoves() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "waits.py");
        TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitMoreLines(10);
      for (TestReceiver receiver : List.of(a, b, a)) {
        receiver.receive(target);
        target.awaitMoreLines(10);
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> target.lines().stream().anyMatch(line -> line.contains("late")));
      assertThat(target.lines().stream().filter(line -> line.contains("late")))
          .as("the timer with a deadline expires once and not before its time")
          .singleElement()
          .asString()
          .contains("\"early\": false");
      assertThat(target.lines().stream().filter(line -> !line.contains("late")).distinct().toList())
          .as("what the program has seen")
          .singleElement()
          .asString()
          .contains("\"every tick counted\": true", "\"wrong wake-ups\": []");
    }
  }

  @Test
  void epollOnFileThatOnlyAnotherProcessHoldsIsRefusedByName() throws Exception {
    String script =
        """
        import os, select, sys, time
        target = os.getpid()
        r, w = os.pipe()
        poll = select.epoll()
        poll.register(r, select.EPOLLIN)
        if os.fork() == 0:
          if os.fork() == 0:
            os.close(w)
            os.close(poll.fileno())
            while os.path.exists("/proc/%d" % target):
              time.sleep(0.05)
          os._exit(0)
        os.wait()
        os.close(r)
        os.close(w)
        while True:
          print(poll.fileno())
          time.sleep(0.005)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("descriptor 5 (anon_inode:[eventpoll])")
          .hasMessageContaining("closed as descriptor 3");
      target.awaitMoreLines(3);
    }
  }
}
