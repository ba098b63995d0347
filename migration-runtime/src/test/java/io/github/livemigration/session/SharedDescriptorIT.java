package io.github.livemigration.session;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the target has in common with a process that stays behind is refused, not doubled. */
class SharedDescriptorIT {
  private static final String HOLDER = "holder ";
  private static final String SCRIPT =
      """
      import ctypes, os, select, sys, time
      libc = ctypes.CDLL(None)
      forked = sys.argv[1] == "before"
      target = os.getpid()
      def say(line):
        os.write(1, (line + "\\n").encode())  # In one piece, as two processes write.
      def fork():
        # The child of a child, as a process with children is refused for these.
        if os.fork() == 0:
          if os.fork() == 0:
            say("holder %d" % os.getpid())
            while os.path.exists("/proc/%d" % target):
              time.sleep(0.05)
          os._exit(0)
        os.wait()
      def move(descriptor, number):
        os.dup2(descriptor, number)
        os.close(descriptor)
      if not forked:
        fork()
      move(os.eventfd(7), 20)
      move(os.pipe()[0], 21)
      poll = select.epoll()
      os.dup2(poll.fileno(), 22)
      poll.close()
      move(libc.timerfd_create(time.CLOCK_MONOTONIC, 0), 23)
      move(libc.signalfd(-1, ctypes.byref(ctypes.c_ulong(1)), 0), 24)
      if forked:
        fork()
      while True:
        say("target")
        time.sleep(0.005)
      """;

  @TempDir Path folder;

  @Test
  void everyDescriptorThatAChildHasKeptIsRefusedByNameBeforeTheFreeze() throws Exception {
    try (TargetProcess target = start("before");
        TestReceiver receiver = new TestReceiver()) {
      int holder = holder(target);
      target.awaitLines(2); // The process between the two has ended.
      List<Refusal> refusals = ProcessCheck.of(target.pid()).refusals();

      assertThat(numbers(refusals)).contains(20, 21, 22, 23, 24);
      assertThat(refusals).allMatch(refusal -> refusal.why().contains("process " + holder));
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("process " + holder);
      target.awaitMoreLines(3);
    }
  }

  @Test
  void descriptorsOfTheSameKindsThatAnotherHasForItselfAreNoObstacle() throws Exception {
    try (TargetProcess target = start("never");
        TargetProcess other = start("never");
        TestReceiver receiver = new TestReceiver()) {
      holder(target);
      holder(other);
      target.awaitMoreLines(2);
      other.awaitMoreLines(2);
      receiver.receive(target);
      target.awaitMoreLines(3);
    }
  }

  private TargetProcess start(String when) throws Exception {
    Path own = Files.createTempDirectory(folder, when);
    return TargetProcess.start(own, List.of("/usr/bin/python3", "-uc", SCRIPT, when));
  }

  /** Returns the process that has been forked, which ends with the target. */
  private static int holder(TargetProcess target) {
    String line = await().until(() -> holderLine(target), Optional::isPresent).orElseThrow();
    return Integer.parseInt(line.substring(HOLDER.length()));
  }

  private static Optional<String> holderLine(TargetProcess target) throws IOException {
    return target.lines().stream().filter(line -> line.startsWith(HOLDER)).findFirst();
  }

  private static Set<Integer> numbers(List<Refusal> refusals) {
    return refusals.stream()
        .map(refusal -> refusal.what().replaceAll("descriptor (\\d+) .*", "$1"))
        .map(Integer::valueOf)
        .collect(toSet());
  }
}
