package io.github.livemigration.session;

import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interval timers go on. */
class IntervalTimerIT {
  @TempDir Path folder;

  /** Until its signal is taken, the kernel lets such a timer rest, and it looks disarmed. */
  @Test
  void periodicTimerWhoseSignalWaitsGoesOnWhenItIsTaken() throws Exception {
    String script =
        """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGUSR1})
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        print("blocked")
        signal.sigwait({signal.SIGUSR1})
        while True:
          signal.sigwait({signal.SIGALRM})
          print("tick")
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      await().until(() -> hasPendingAlarm(target.pid()));

      receiver.receive(target);

      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitMoreLines(10);
    }
  }

  private static boolean hasPendingAlarm(int pid) {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "status"));
    return (status.shdPending() & 1L << (Signals.SIGALRM - 1)) != 0;
  }
}
