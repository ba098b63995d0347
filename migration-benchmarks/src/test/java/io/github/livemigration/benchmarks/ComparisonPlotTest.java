package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonPlotTest {
  @Test
  void pointsAreInTheOrderOfTheirBaselines() {
    Map<Figure, Figure> baselines = new LinkedHashMap<>();
    baselines.put(figure("fast: drain", 400, 500, 600), figure("fast: alone", 1000));
    baselines.put(figure("slow: drain", 250), figure("slow: alone", 250));

    String svg = ComparisonPlot.draw("drain", baselines);

    // Values of 0 to 1050 are drawn from 60 to 770, and from 430 up to 30.
    assertThat(svg)
        .contains("<polyline points='229.0,334.8 736.2,239.5'")
        .contains("<line x1='736.2' y1='277.6' x2='736.2' y2='201.4'")
        .contains(">fast</text>", ">slow</text>")
        .startsWith("<svg")
        .endsWith("</svg>\n");
  }

  @Test
  void equalOnesAreOnTheLine() {
    String svg = ComparisonPlot.draw("drain", Map.of(figure("a: drain", 100), figure("b", 100)));

    assertThat(svg)
        .contains("<line x1='60.0' y1='430.0' x2='770.0' y2='30.0'")
        .contains("<circle cx='736.2' cy='49.0'");
  }

  @Test
  void namesOfNeighboursDoNotCoverEachOther() {
    Map<Figure, Figure> baselines = new LinkedHashMap<>();
    baselines.put(figure("2000 MiB/s: drain", 600), figure("2000 MiB/s: alone", 1900));
    baselines.put(figure("unlimited: drain", 600), figure("unlimited: alone", 2000));

    assertThat(ComparisonPlot.draw("drain", baselines))
        .contains("<text x='708.4' y='330'>2000 MiB/s<", "<text x='742.2' y='345'>unlimited<");
  }

  @Test
  void ticksAreRoundNumbers() {
    assertThat(ComparisonPlot.step(4000)).isEqualTo(1000);
    assertThat(ComparisonPlot.step(2200)).isEqualTo(500);
    assertThat(ComparisonPlot.step(1050)).isEqualTo(200);
    assertThat(ComparisonPlot.step(30)).isEqualTo(5);
  }

  private static Figure figure(String name, double... values) {
    return new Figure("group", name, "MiB/s", Samples.of(values), "");
  }
}
