package io.github.livemigration.harness;

import java.util.Locale;
import java.util.Optional;

/** Draws the time between neighbouring numbers, around the hand-over. */
final class GapPlot {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 220;
  private static final int LEFT = 56;
  private static final int TOP = 24;
  private static final int BOTTOM = 28;
  private static final int NEIGHBOURS = 150;

  private GapPlot() {}

  /** The drawing; empty if the target printed nothing after a move. */
  static Optional<String> of(VerifyResult result) {
    return result.firstAfterMove().map(position -> draw(result, position));
  }

  private static String draw(VerifyResult result, int moved) {
    NumberSequence numbers = result.numbers();
    int from = Math.max(1, moved - NEIGHBOURS);
    int to = Math.min(numbers.size(), moved + NEIGHBOURS);
    double highest = 1e-3;
    for (int i = from; i < to; i++) {
      highest = Math.max(highest, gapMillis(numbers, i));
    }
    double perNumber = (WIDTH - LEFT) / (double) Math.max(1, to - from);
    double perMilli = (HEIGHT - TOP - BOTTOM) / highest;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<p class=\"soft\">One bar a number: the time since the one before it. %s</p>\n"
                + "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"gaps\">",
            usual(result),
            WIDTH,
            HEIGHT));
    for (int i = 0; i <= 4; i++) {
      grid(svg, highest * i / 4, perMilli);
    }
    for (int i = from; i < to; i++) {
      bar(svg, numbers, i, LEFT + (i - from) * perNumber, perNumber, perMilli);
    }
    marker(svg, LEFT + (moved - from + 0.5) * perNumber, numbers.value(moved));
    return svg.append("</svg>\n").toString();
  }

  private static String usual(VerifyResult result) {
    return result.usualGap().map(gap -> "Usual: " + Durations.words(gap) + ".").orElse("");
  }

  private static double gapMillis(NumberSequence numbers, int position) {
    return (numbers.nanoTime(position) - numbers.nanoTime(position - 1)) / 1e6;
  }

  private static void grid(StringBuilder svg, double millis, double perMilli) {
    double y = HEIGHT - BOTTOM - millis * perMilli;
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--grid)\"/>"
                + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f ms</text>",
            LEFT,
            WIDTH,
            y,
            y,
            LEFT - 8,
            y + 4,
            millis));
  }

  private static void bar(
      StringBuilder svg,
      NumberSequence numbers,
      int position,
      double x,
      double perNumber,
      double perMilli) {
    double gap = gapMillis(numbers, position);
    boolean there = numbers.sideOf(position) > 0;
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"var(--%s)\">"
                + "<title>%d on the %s: %.2f ms after %d</title></rect>",
            x,
            HEIGHT - BOTTOM - gap * perMilli,
            Math.max(0.8, perNumber - Math.min(1.5, perNumber / 4)),
            Math.max(0.5, gap * perMilli),
            there ? "blue" : "grey",
            numbers.value(position),
            numbers.sideName(numbers.sideOf(position)),
            gap,
            numbers.value(position - 1)));
  }

  private static void marker(StringBuilder svg, double x, long number) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"ink\" x=\"%.1f\" y=\"14\" text-anchor=\"middle\">first number on the"
                + " destination: %d</text><text x=\"%d\" y=\"%d\">source</text>"
                + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">destination</text>",
            Math.min(WIDTH - 150, Math.max(LEFT + 150, x)),
            number,
            LEFT,
            HEIGHT - 8,
            WIDTH,
            HEIGHT - 8));
  }
}
