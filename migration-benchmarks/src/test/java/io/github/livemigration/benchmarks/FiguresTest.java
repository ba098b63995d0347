package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void ratioIsToTheBaselineOfTheSameGroup() {
    List<String> told = new ArrayList<>();
    Figures figures = new Figures(figure -> told.add(figure.name()));
    figures.addBaseline("other", "alone", "MiB/s", Samples.of(new double[] {1}));
    figures.add("drain", "whole", "MiB/s", Samples.of(new double[] {100, 300, 200}), "alone");
    figures.addBaseline("drain", "alone", "MiB/s", Samples.of(new double[] {400}));

    Figure whole = figures.of("drain").get(0);
    Figure alone = figures.of("drain").get(1);

    assertThat(figures.baseline(whole)).contains(alone);
    assertThat(figures.ratio(whole)).contains(0.5);
    assertThat(figures.ratio(alone)).isEmpty();
    assertThat(told).containsExactly("alone", "whole", "alone");
  }
}
