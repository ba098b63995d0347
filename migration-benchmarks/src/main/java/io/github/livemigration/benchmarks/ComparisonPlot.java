package io.github.livemigration.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Draws figures against their baselines, beside the line on which both would be equal. */
final class ComparisonPlot {
  private static final int LEFT = 60;
  private static final int RIGHT = Plots.WIDTH - 90;
  private static final int TOP = 30;
  private static final int BOTTOM = 430;
  private static final int HEIGHT = 470;
  private static final int FEWEST_TICKS = 4;
  private static final double ROOM_ABOVE = 1.05;

  private static final int LINE = 15;
  private static final int LETTER = 8;

  /**
   * One figure.
   *
   * @param label what of its name is before the colon
   */
  private record Point(String label, double x, double y, double low, double high) {
    static Point of(Figure figure, Figure baseline) {
      Samples samples = figure.samples();
      return new Point(
          figure.name().replaceFirst(":.*", ""),
          baseline.samples().median(),
          samples.median(),
          samples.percentile(0),
          samples.percentile(1));
    }
  }

  private final StringBuilder svg;
  private final double most;

  private ComparisonPlot(StringBuilder svg, double most) {
    this.svg = svg;
    this.most = most;
  }

  /**
   * Draw medians, each with a thin line from its least to its greatest sample.
   *
   * @param baselines by the figures that they belong to
   */
  static String draw(String title, Map<Figure, Figure> baselines) {
    List<Point> points =
        baselines.entrySet().stream()
            .map(entry -> Point.of(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparingDouble(Point::x))
            .toList();
    double most = points.stream().mapToDouble(p -> Math.max(p.x, p.high)).max().orElse(1);
    ComparisonPlot plot =
        new ComparisonPlot(Plots.begin(title, HEIGHT), Math.max(most, 1) * ROOM_ABOVE);
    plot.axes();
    plot.equality();
    plot.curve(points);
    return plot.svg.append("</svg>\n").toString();
  }

  /** Returns the largest round number (1, 2 or 5 times a power of ten) that gives enough ticks. */
  static double step(double most) {
    double step = Math.pow(10, Math.floor(Math.log10(most / FEWEST_TICKS)));
    for (int factor : new int[] {5, 2}) {
      if (factor * step * FEWEST_TICKS <= most) {
        return factor * step;
      }
    }
    return step;
  }

  private double x(double value) {
    return LEFT + value / most * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - value / most * (BOTTOM - TOP);
  }

  private void axes() {
    double step = step(most);
    for (int tick = 0; tick * step <= most; tick++) {
      double value = tick * step;
      String number = Plots.format("%.0f", value);
      line(x(value), BOTTOM, x(value), TOP, "#dddddd");
      line(LEFT, y(value), RIGHT, y(value), "#dddddd");
      Plots.text(svg, x(value) - LETTER / 2.0 * number.length(), BOTTOM + 18, number);
      Plots.text(svg, 0, (int) y(value) + 4, number);
    }
  }

  private void equality() {
    line(x(0), y(0), x(most), y(most), Plots.COLOURS.get(1));
    Plots.text(svg, x(most) + 6, (int) y(most) + 10, "the link itself");
  }

  private void curve(List<Point> points) {
    String colour = Plots.COLOURS.get(0);
    StringBuilder corners = new StringBuilder();
    points.forEach(p -> corners.append(Plots.format("%.1f,%.1f ", x(p.x), y(p.y))));
    svg.append(
        Plots.format(
            "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>",
            corners.toString().strip(), colour));
    for (Point point : points) {
      double x = x(point.x);
      line(x, y(point.low), x, y(point.high), colour);
      svg.append(
          Plots.format("<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>", x, y(point.y), colour));
    }
    labels(points);
  }

  /** Names stand below their points, further below where one would cover its neighbour's. */
  private void labels(List<Point> points) {
    double end = 0;
    int last = 0;
    for (Point point : points) {
      double x = x(point.x) + 6;
      int y = (int) y(point.y) + LINE;
      if (x < end && Math.abs(y - last) < LINE) {
        y = last + LINE;
      }
      Plots.text(svg, x, y, point.label);
      end = x + LETTER * point.label.length();
      last = y;
    }
  }

  private void line(double x1, double y1, double x2, double y2, String colour) {
    svg.append(
        Plots.format(
            "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s'/>", x1, y1, x2, y2, colour));
  }
}
