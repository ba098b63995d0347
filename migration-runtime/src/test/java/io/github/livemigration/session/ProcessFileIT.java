package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.DescriptorKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of /proc that a program holds of itself show it itself after the move. */
class ProcessFileIT {
  @TempDir Path folder;

  @Test
  void programReadsOnAboutItself() throws Exception {
    String script =
        """
        import os, sys, threading, time
        gap = os.dup(0)
        thread = threading.Thread(target=time.sleep, args=(3600,), daemon=True)
        thread.start()
        status = open("/proc/self/status", "rb", buffering=0)
        name = open(f"/proc/self/task/{thread.native_id}/comm", "rb", buffering=0)
        name.read(3)
        slack = open(f"/proc/{thread.native_id}/timerslack_ns", "rb", buffering=0)
        twin = os.dup(name.fileno())
        own = os.open(f"/proc/self/fdinfo/{status.fileno()}", os.O_RDONLY)
        os.set_inheritable(own, True)
        directory = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)
        os.dup2(status.fileno(), 40)
        os.close(gap)
        while True:
          status.seek(0)
          lines = status.read().decode().splitlines()
          at = os.lseek(twin, 0, os.SEEK_CUR)
          rest = name.read()
          name.seek(at)
          os.lseek(own, 0, 0)
          slack.seek(0)
          print(
              [line for line in lines if line.startswith(("Pid", "Threads"))],
              at, rest, os.read(own, 100).split()[2:4], os.get_inheritable(own),
              slack.read(),
              sorted(int(number) for number in os.listdir(directory)),
          )
          time.sleep(0.005)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitMoreLines(3);
      for (TestReceiver receiver : List.of(a, b, a)) {
        receiver.receive(target);
        target.awaitMoreLines(3);
      }

      assertThat(target.lines().stream().distinct())
          .singleElement()
          .asString()
          .contains("Threads:");
    }
  }

  @Test
  void fileOfAThreadThatHasEndedIsRefusedByItsDescriptor() throws Exception {
    String script =
        """
        import threading, time
        kept = []
        def keep():
          kept.append(open(f"/proc/{threading.get_native_id()}/comm"))
          kept.append(open("/proc/thread-self/comm"))
        thread = threading.Thread(target=keep)
        thread.start()
        thread.join()
        while True:
          print("ready", flush=True)
          time.sleep(0.05)
        """;
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script))) {
      target.awaitLines(1);
      assertThat(ProcessCheck.of(target.pid()).refusals())
          .extracting(Refusal::kind)
          .containsExactly(DescriptorKind.PROCESS_FILE.id(), DescriptorKind.PROCESS_FILE.id());
    }
  }
}
