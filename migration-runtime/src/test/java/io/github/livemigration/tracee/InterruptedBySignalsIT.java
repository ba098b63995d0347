package io.github.livemigration.tracee;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.session.TargetProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedBySignalsIT {
  /** The kernel lets go of its lock of signals to start a timer of timer_create(2) again. */
  private static final String HANDLES_SIGNALS_OF_TIMERS =
      """
      import ctypes, signal
      libc = ctypes.CDLL(None)
      signal.signal(signal.SIGUSR1, lambda *_: None)
      event = (ctypes.c_int * 16)(0, 0, signal.SIGUSR1)
      interval = (ctypes.c_long * 4)(0, 20_000, 0, 20_000)
      print(1)  # A slow host does not come to this line any more once the timers run.
      for _ in range(8):
          timer = ctypes.c_void_p()
          assert libc.timer_create(1, event, ctypes.byref(timer)) == 0
          assert libc.timer_settime(timer, 0, interval, None) == 0
      while True: pass
      """;

  @TempDir Path folder;

  /** A signal that is taken just before the request to stop takes that request back. */
  @Test
  void threadStopsAmongSignals() throws Exception {
    try (TargetProcess target =
        TargetProcess.start(
            folder, List.of("/usr/bin/python3", "-uc", HANDLES_SIGNALS_OF_TIMERS))) {
      target.awaitLines(1);
      int pid = target.pid();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      int stops = 0;
      while (System.nanoTime() < end) {
        TracedThread thread = TracedThread.seize(pid, 0);
        thread.interrupt();
        thread.awaitStop();
        thread.detach();
        stops++;
      }
      System.out.printf("%d stops%n", stops);
      assertThat(target.isAlive()).isTrue();
    }
  }
}
