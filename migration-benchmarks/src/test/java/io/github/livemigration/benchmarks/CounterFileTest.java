package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterFileTest {
  @TempDir Path folder;

  @Test
  void gapIsThatBetweenTheTwoLinesThatAreFarthestApart() throws IOException {
    CounterFile counter = counter("1000000\n2000000\n9000000\n10000000\n");

    assertThat(counter.largestGapMillis(0, 10_000_000)).isEqualTo(7.0);
    assertThat(counter.largestGapMillis(9_500_000, 10_000_000)).isEqualTo(1.0);
  }

  @Test
  void rateIsWorkBetweenTwoMoments() throws IOException {
    CounterFile counter = counter("0 0\n500000000 10\n1000000000 30\n2000000000 130\n");

    assertThat(counter.last()).isEqualTo(2_000_000_000);
    assertThat(counter.rate(0, 1_000_000_000)).isEqualTo(30.0);
    assertThat(counter.rate(1_000_000_000, 2_000_000_000)).isEqualTo(100.0);
  }

  @Test
  void targetThatStoppedHasNoGap() throws IOException {
    CounterFile counter = counter("1\n2\n");

    assertThatThrownBy(() -> counter.largestGapMillis(0, 3)).hasMessageContaining("stopped");
  }

  private CounterFile counter(String text) throws IOException {
    Path file = folder.resolve("count");
    Files.writeString(file, text);
    return new CounterFile(file);
  }
}
