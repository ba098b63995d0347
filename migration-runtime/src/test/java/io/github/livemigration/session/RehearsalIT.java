package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rehearsal is for: all that a real process needs while it stands still is there. */
class RehearsalIT {
  private static final String COUNTER =
      """
      import time
      number = 0
      while True:
        number += 1
        print(number)
        time.sleep(0.005)
      """;

  @TempDir Path folder;

  @Test
  void noClassIsLoadedWhileAProcessStandsStill() throws Exception {
    new Rehearsal(8).run();
    Map<String, Long> loaded = new ConcurrentHashMap<>();
    MigrationListener counting =
        new MigrationListener() {
          @Override
          public void phaseBegan(String name) {
            loaded.put(name, ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
          }
        };
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", COUNTER));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(3);
      new Sender(SenderOptions.to(receiver.address()), counting).send(target.pid());
      MigrationReport report = receiver.nextReport();
      target.movedTo(report.hostPid());

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(loaded.get("post-copy")).isEqualTo(loaded.get("freeze"));
    }
  }
}
