package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A first attempt fails where what was read before the freeze is old; the second one reads again.
 */
class ChangingMappingsIT {
  private static final int HOPS = 6;

  @TempDir Path folder;

  @Test
  void processThatChangesAdviceAllTheTimeMoves() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "toggling_advice.py");
        TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitMoreLines(10);
      for (int hop = 0; hop < HOPS; hop++) {
        TestReceiver receiver = hop % 2 == 0 ? a : b;
        new Sender(SenderOptions.to(receiver.address()), MigrationListener.none())
            .send(target.pid());
        MigrationReport report = receiver.nextReport();
        if (report.outcome() == Outcome.ROLLED_BACK) {
          report = receiver.nextReport();
        }
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        target.movedTo(report.hostPid());
        target.awaitMoreLines(10);
      }
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }
}
