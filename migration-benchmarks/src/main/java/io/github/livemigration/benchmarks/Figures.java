package io.github.livemigration.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects what a run has measured, in the order in which people read it. */
final class Figures {
  private final List<Figure> all = new ArrayList<>();
  private final Consumer<Figure> watcher;

  /**
   * Start with none.
   *
   * @param watcher is told of each as soon as it is known
   */
  Figures(Consumer<Figure> watcher) {
    this.watcher = watcher;
  }

  void add(String group, String name, String unit, Samples samples, String baseline) {
    Figure figure = new Figure(group, name, unit, samples, baseline);
    all.add(figure);
    watcher.accept(figure);
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
