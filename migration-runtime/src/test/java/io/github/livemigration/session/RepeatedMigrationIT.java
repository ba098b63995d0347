package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same process moves again and again between two receivers; not a number is lost or repeated.
 */
class RepeatedMigrationIT {
  private static final int HOPS = 20;

  @TempDir Path folder;

  @Test
  void pythonProgramGoesOnCountingOverTwentyHops() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 16)) {
      hop(target);
    }
  }

  @Test
  void perlProgramGoesOnCountingOverTwentyHops() throws Exception {
    try (TargetProcess target = TargetProcess.perl(folder, "counter.pl", 1, 16)) {
      hop(target);
    }
  }

  @Test
  void javaProgramGoesOnCountingOverTwentyHops() throws Exception {
    try (TargetProcess target = TargetProcess.java(folder, CountingTarget.class, 1, 8)) {
      hop(target);
    }
  }

  private static void hop(TargetProcess target) throws Exception {
    try (TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      int pid = target.pid();
      target.awaitMoreLines(20);
      for (int hop = 0; hop < HOPS; hop++) {
        MigrationReport report = (hop % 2 == 0 ? a : b).receive(target);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.pid()).as("the id that the target sees").isEqualTo(pid);
        target.awaitMoreLines(20);
      }
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }
}
