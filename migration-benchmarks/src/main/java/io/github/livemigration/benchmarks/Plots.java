package io.github.livemigration.benchmarks;

import java.util.List;
import java.util.Locale;

/** Draws figures as SVG pictures, without a library. */
final class Plots {
  static final int WIDTH = 860;
  private static final int VALUES = 110;

  /** Width of a letter, rather too much. */
  private static final double LETTER = 7.5;

  private static final int DECIMALS_BELOW = 1000;
  private static final int ROW = 26;
  private static final int BAR = 12;
  private static final int BINS = 60;
  private static final int HEIGHT = 260;
  static final List<String> COLOURS = List.of("#2f6fb3", "#c8702a", "#5a8f3c", "#8a5aa8");

  private Plots() {}

  /** A bar for each figure's median, and a thin line to its 95th percentile. */
  static String bars(String title, List<Figure> figures) {
    double most =
        figures.stream().mapToDouble(figure -> figure.samples().percentile(0.95)).max().orElse(1);
    int longest = figures.stream().mapToInt(figure -> figure.name().length()).max().orElse(0);
    double left = LETTER * longest + 14;
    double scale = (WIDTH - left - VALUES) / Math.max(most, 1e-3);
    StringBuilder svg =
        begin(title + " (bar: median, line: 95th percentile)", ROW * (figures.size() + 1) + 10);
    int top = ROW;
    for (Figure figure : figures) {
      double median = Math.max(0, figure.samples().median());
      double high = Math.max(median, figure.samples().percentile(0.95));
      text(svg, 0, top + 17, figure.name());
      svg.append(
          format(
              "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>",
              left, top + 7, Math.max(1, median * scale), BAR, COLOURS.get(0)));
      svg.append(
          format(
              "<line x1='%1$.1f' x2='%2$.1f' y1='%3$d' y2='%3$d' stroke='%4$s'/>",
              left, left + high * scale, top + 7 + BAR / 2, COLOURS.get(1)));
      text(
          svg,
          left + high * scale + 8,
          top + 17,
          format(median < DECIMALS_BELOW ? "%.2f %s" : "%.0f %s", median, figure.unit()));
      top += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  /** How often which value was met, on a logarithmic axis. */
  static String distributions(String title, List<Figure> figures) {
    double low = extreme(figures, 0);
    double high = extreme(figures, 0.999);
    double step = (Math.log(high) - Math.log(low)) / BINS;
    StringBuilder svg = begin(title, HEIGHT + 20 * figures.size() + 45);
    for (int i = 0; i < figures.size(); i++) {
      String colour = COLOURS.get(i % COLOURS.size());
      curve(svg, figures.get(i).samples(), low, step, colour);
      int line = HEIGHT + 40 + 20 * i;
      svg.append(format("<rect x='0' y='%d' width='12' height='12' fill='%s'/>", line, colour));
      Samples samples = figures.get(i).samples();
      text(
          svg,
          20,
          line + 11,
          format(
              "%s: median %.0f, p99 %.0f %s",
              figures.get(i).name(),
              samples.median(),
              samples.percentile(0.99),
              figures.get(i).unit()));
    }
    for (int tick = 0; tick <= 6; tick++) {
      double value = low * Math.exp(step * BINS * tick / 6);
      text(svg, tick * (WIDTH - 60) / 6.0, HEIGHT + 16, format("%.0f", value));
    }
    return svg.append("</svg>\n").toString();
  }

  private static double extreme(List<Figure> figures, double share) {
    var values = figures.stream().mapToDouble(figure -> figure.samples().percentile(share));
    return Math.max(0.1, share == 0 ? values.min().orElse(1) : values.max().orElse(10));
  }

  private static void curve(
      StringBuilder svg, Samples samples, double low, double step, String colour) {
    int[] counts = new int[BINS + 1];
    int most = 1;
    for (double value : samples.values()) {
      int bin = (int) Math.min(BINS, Math.max(0, Math.log(value / low) / Math.max(step, 1e-9)));
      counts[bin]++;
      most = Math.max(most, counts[bin]);
    }
    StringBuilder points = new StringBuilder();
    for (int i = 0; i <= BINS; i++) {
      points.append(
          format(
              "%.1f,%.1f ",
              i * (WIDTH - 40) / (double) BINS, HEIGHT - counts[i] * (HEIGHT - 40.0) / most));
    }
    svg.append(
        format(
            "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>",
            points.toString().strip(), colour));
  }

  static StringBuilder begin(String title, int height) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %1$d %2$d' width='%1$d'"
                + " height='%2$d' font-family='sans-serif' font-size='13'>"
                + "<rect width='100%%' height='100%%' fill='white'/>",
            WIDTH, height));
    text(svg, 0, 16, title);
    return svg;
  }

  static void text(StringBuilder svg, double x, int y, String text) {
    svg.append(
        format(
            "<text x='%.1f' y='%d'>%s</text>",
            x, y, text.replace("&", "&amp;").replace("<", "&lt;")));
  }

  static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
