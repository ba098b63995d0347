package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The descriptors by which a program waits go on: eventfd, epoll, timerfd, signalfd, inotify. */
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
      await().until(() -> target.lines().stream().anyMatch(line -> line.contains("late")));
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

  private static final String WATCHER =
      """
      import ctypes, os, select, signal, struct, sys
      libc = ctypes.CDLL(None)
      os.chdir(sys.argv[1])
      os.mkdir("folder")
      for name in ("file", "link"):
        open(name, "w").close()
      os.unlink("link")
      os.symlink("file", "link")
      watcher = libc.inotify_init1(os.O_NONBLOCK)
      def watch(name, mask):
        return libc.inotify_add_watch(watcher, name, mask)
      for number in range(40):
        libc.inotify_rm_watch(watcher, watch(b"file", 2))
      os.read(watcher, 4096)
      folder, gone = watch(b"folder", 0x100), watch(b"/usr", 0x400)
      file, link = watch(b"file", 2 | 0x80000000), watch(b"link", 0x02000004)
      libc.inotify_rm_watch(watcher, gone)
      os.read(watcher, 4096)
      """;

  @Test
  void filesThatAreWatchedGoOnToTellOfChanges() throws Exception {
    String script =
        WATCHER
            + """
            poll = select.epoll()
            poll.register(watcher, select.EPOLLIN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            while True:
              open("folder/new", "w").close()
              os.chown("link", 0, 0, follow_symlinks=False)
              with open("file", "a") as written:
                written.write("more")
              ready = poll.poll(0)
              print(len(ready), os.read(watcher, 4096) if ready else b"", flush=True)
              os.unlink("folder/new")
              signal.sigwait({signal.SIGUSR1})
            """;
    List<String> command = List.of("/usr/bin/python3", "-uc", script, folder.toString());
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      assertThat(lastAfterSignal(target)).contains("new").doesNotContain("file");
      receiver.rollBack(target);
      lastAfterSignal(target);
      receiver.receive(target);
      lastAfterSignal(target);
      receiver.receive(target);
      lastAfterSignal(target);

      List<String> lines = target.lines();
      assertThat(lines.get(0)).isNotEqualTo(lines.get(1)).startsWith("1 b'");
      assertThat(lines.stream().skip(1).distinct()).as("%s", lines).hasSize(1);
    }
  }

  private static String lastAfterSignal(TargetProcess target) throws Exception {
    int lines = target.lines().size();
    Signals.kill(target.pid(), Signals.SIGUSR1);
    target.awaitLines(lines + 1);
    return target.lines().get(lines);
  }

  @Test
  void watcherWithEventsThatNobodyHasReadIsRefusedByName() throws Exception {
    String script =
        WATCHER
            + """
            open("folder/new", "w").close()
            while True:
              print("ready", flush=True)
              signal.sigtimedwait([], 0.01)
            """;
    List<String> command = List.of("/usr/bin/python3", "-uc", script, folder.toString());
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("events wait to be read");
      target.awaitMoreLines(3);
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
