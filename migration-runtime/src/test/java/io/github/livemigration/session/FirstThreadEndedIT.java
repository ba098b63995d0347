package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process goes on although its first thread has ended, as after pthread_exit in main. */
class FirstThreadEndedIT {
  private static final String SCRIPT =
      """
      import ctypes, os, signal, threading, time
      libc = ctypes.CDLL(None)
      signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
      read, write = os.pipe()
      os.write(write, b"queued")
      def count():
        number = 0
        while signal.SIGUSR1 not in signal.sigpending():
          number += 1
          print(number, flush=True)
          time.sleep(0.002)
        print(os.read(read, 6) == b"queued", flush=True)
        libc.syscall(60, 4)
      threading.Thread(target=count).start()
      libc.syscall(60, 3)
      """;

  @TempDir Path folder;

  @Test
  void otherThreadsGoOnAndTheExitStatusStays() throws Exception {
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", SCRIPT));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      await().until(() -> firstThreadHasEnded(target));

      receiver.rollBack(target);
      target.awaitMoreLines(10);
      for (int hop = 0; hop < 2; hop++) {
        MigrationReport report = receiver.receive(target);
        assertThat(report.threads()).isEqualTo(2);
        await().until(() -> firstThreadHasEnded(target));
        ProcessStat stat = ProcessStat.parse(ProcFs.read(target.pid(), "stat"));
        assertThat(stat.exitCode()).as("of the first thread, a wait status").isEqualTo(3 << 8);
        target.awaitMoreLines(10);
      }
      Signals.kill(target.pid(), Signals.SIGUSR1);

      receiver.nextExitStatus(); // Of the first hop, whose process was killed when it had moved on.
      assertThat(receiver.nextExitStatus()).as("of the last thread").isEqualTo(4);
      List<String> lines = target.lines();
      assertThat(lines).endsWith("True");
      assertThat(lines.subList(0, lines.size() - 1))
          .isEqualTo(LongStream.range(1, lines.size()).mapToObj(Long::toString).toList());
    }
  }

  private static boolean firstThreadHasEnded(TargetProcess target) {
    return ProcessStatus.parse(ProcFs.read(target.pid(), "status")).state() == 'Z';
  }
}
