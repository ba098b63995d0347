package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.livemigration.linux.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that looks at its own state sees no difference after the move. */
class CarriedStateIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void programSeesTheSameStateBeforeAndAfterTheMove() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    try (TargetProcess target = TargetProcess.python(folder, "state.py", home);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      ObjectNode before = last(target);

      receiver.receive(target);

      target.awaitMoreLines(3);
      ObjectNode after = last(target);
      assertThat(after.toPrettyString()).isEqualTo(before.toPrettyString());
      assertThat(target.lines().stream().filter(line -> line.contains("_back\": true")).toList())
          .as("readings of a monotonic clock that went back")
          .isEmpty();
      long printedBefore = target.lines().size();
      long appended = Files.size(home.resolve("appended"));
      assertThat(appended)
          .as("bytes appended, one before each line")
          .isBetween(printedBefore, target.lines().size() + 1L);
    }
  }

  @Test
  void signalHandlerStillRunsAfterTheMove() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    try (TargetProcess target = TargetProcess.python(folder, "state.py", home);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      receiver.receive(target);
      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitMoreLines(3);
      assertThat(last(target).get("usr1").asInt()).isEqualTo(1);
    }
  }

  @Test
  void unprivilegedProgramKeepsItsIdentity() throws Exception {
    String script =
        """
        import os, time
        while True:
          print(os.getresuid(), os.getresgid(), os.getgroups())
          time.sleep(0.005)
        """;
    List<String> command =
        List.of(
            "/usr/bin/setpriv",
            "--reuid=1000",
            "--regid=1001",
            "--groups=1001,27",
            "/usr/bin/python3",
            "-uc",
            script);
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      receiver.receive(target);
      target.awaitMoreLines(3);

      assertThat(target.lines()).containsOnly("(1000, 1000, 1000) (1001, 1001, 1001) [27, 1001]");
    }
  }

  /** What is queued is written at once, which would make one packet of them. */
  @Test
  void packetsThatWaitInAPipeAreRefusedByName() throws Exception {
    String script =
        """
        import os, signal
        reading, writing = os.pipe2(os.O_DIRECT)
        for packet in (b"one", b"two"):
          os.write(writing, packet)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        print("ready")
        signal.sigwait({signal.SIGUSR1})
        print(os.read(reading, 100), os.read(reading, 100))
        signal.pause()
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("packets (O_DIRECT) wait to be read");
      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitLines(2);
      assertThat(target.lines()).containsExactly("ready", "b'one' b'two'");
    }
  }

  @Test
  void descriptorsOfPathsAloneLeadToWhereTheyLed() throws Exception {
    String script =
        """
        import fcntl, os, socket, stat, sys, time
        os.chdir(sys.argv[1])
        os.mkfifo("fifo")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("socket")
        listener.close()
        open("file", "w").close()
        os.symlink("file", "link")
        names = "fifo", "socket", "file", "link", "."
        held = [os.open(name, os.O_PATH | os.O_NOFOLLOW) for name in names]
        def look(descriptor):
          found = os.fstat(descriptor)
          flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
          path = os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))
          return path, stat.S_IFMT(found.st_mode), found.st_ino, flags
        while True:
          print([look(descriptor) for descriptor in held])
          time.sleep(0.005)
        """;
    Path home = Files.createDirectory(folder.resolve("home"));
    List<String> command = List.of("/usr/bin/python3", "-uc", script, home.toString());
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      receiver.receive(target);
      receiver.receive(target);
      target.awaitMoreLines(3);

      assertThat(target.lines().stream().distinct()).singleElement().asString().contains("socket");
    }
  }

  @Test
  void everyThreadKeepsItsTimerSlack() throws Exception {
    String script =
        """
        import ctypes, os, threading, time
        libc = ctypes.CDLL(None)
        def sleeper(slack):
          libc.prctl(29, slack, 0, 0, 0)
          time.sleep(3600)
        for slack in (1000, 70000):
          threading.Thread(target=sleeper, args=(slack,), daemon=True).start()
        libc.prctl(29, 123456, 0, 0, 0)
        time.sleep(0.2)
        while True:
          tasks = sorted(int(task) for task in os.listdir("/proc/self/task"))
          print([int(open(f"/proc/{task}/timerslack_ns").read()) for task in tasks])
          time.sleep(0.005)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      receiver.receive(target);
      target.awaitMoreLines(3);

      assertThat(target.lines()).containsOnly("[123456, 1000, 70000]");
    }
  }

  private static ObjectNode last(TargetProcess target) throws Exception {
    List<String> lines = target.lines();
    ObjectNode report = (ObjectNode) JSON.readTree(lines.get(lines.size() - 1));
    report.remove("line");
    return report;
  }
}
