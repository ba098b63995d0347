package io.github.livemigration.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what a run has measured, in the order in which people read it. */
final class Figures {
  private final List<Figure> all = new ArrayList<>();

  void add(String group, String name, String unit, Samples samples, String baseline) {
    all.add(new Figure(group, name, unit, samples, baseline));
  }

  void addBaseline(String group, String name, String unit, Samples samples) {
    add(group, name, unit, samples, "");
  }

  List<Figure> all() {
    return List.copyOf(all);
  }

  /** Returns them with those of a group side by side. */
  List<Figure> byGroup() {
    return all.stream().map(Figure::group).distinct().flatMap(group -> of(group).stream()).toList();
  }

  List<Figure> of(String group) {
    return all.stream().filter(figure -> figure.group().equals(group)).toList();
  }

  /** Returns a figure's median over its baseline's, where it has one. */
  Optional<Double> ratio(Figure figure) {
    return baseline(figure).map(other -> figure.samples().median() / other.samples().median());
  }

  /** Returns what a figure is compared with, where it is. */
  Optional<Figure> baseline(Figure figure) {
    return all.stream()
        .filter(other -> other.group().equals(figure.group()))
        .filter(other -> other.name().equals(figure.baseline()))
        .findFirst();
  }
}
