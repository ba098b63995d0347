package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlotsTest {
  @Test
  void barsBeginBehindTheLongestName() {
    String longest = "a name of just forty letters, no more no";

    String svg = Plots.bars("downtime", List.of(figure("short", 1), figure(longest, 2, 4)));

    assertThat(svg)
        .contains("<rect x='314.0' y='33' width='109.0'", "<rect x='314.0' y='59' width='218.0'")
        .contains("<line x1='314.0' x2='750.0'")
        .contains(">1.00 ms<", ">2.00 ms<");
  }

  @Test
  void largeValuesHaveNoDecimals() {
    assertThat(Plots.bars("requests", List.of(figure("at once", 427651.6))))
        .contains(">427652 ms<");
  }

  @Test
  void legendOfADistributionFitsIntoThePicture() {
    String svg = Plots.distributions("faults", List.of(figure("one", 1, 2), figure("two", 3)));

    assertThat(svg).contains("height='345'", "y='331'>two:");
  }

  private static Figure figure(String name, double... values) {
    return new Figure("group", name, "ms", Samples.of(values), "");
  }
}
