package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.session.TargetProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The look at other processes that is repeated while the target stands still. */
class OtherProcessesIT {
  private static final String SCRIPT =
      """
      import os, signal, time
      def fork(*ignored):
        if os.fork() == 0:
          between = os.getpid()
          if os.fork() == 0:
            while os.getppid() == between:
              time.sleep(0.001)
            print(os.getpid())
            time.sleep(3600)
          os._exit(0)
        os.wait()
      signal.signal(signal.SIGUSR1, fork)
      os.dup2(os.eventfd(1), 20)
      print("ready")
      while True:
        time.sleep(0.005)
      """;

  @TempDir Path folder;

  @Test
  void processBornSinceTheFirstLookIsNoticed() throws Exception {
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", SCRIPT))) {
      target.awaitLines(1);
      Preflight preflight = Preflight.of(target.pid(), false);
      assertThat(preflight.obstacles()).isEmpty();
      assertThat(obstaclesLater(target, preflight)).isEmpty();

      Signals.kill(target.pid(), Signals.SIGUSR1);
      target.awaitLines(2);
      int holder = Integer.parseInt(target.lines().get(1));
      try {
        assertThat(obstaclesLater(target, preflight))
            .extracting(Obstacle::why)
            .isNotEmpty()
            .allMatch(why -> why.contains("process " + holder));
      } finally {
        Signals.kill(holder, Signals.SIGKILL);
      }
    }
  }

  private static List<Obstacle> obstaclesLater(TargetProcess target, Preflight preflight) {
    DescriptorReader reader =
        new DescriptorReader(target.pid(), false, new ObjectTable(), preflight.others());
    reader.read();
    return reader.obstacles();
  }
}
