package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Phase;
import java.util.List;
import java.util.Locale;

/** Draws the phases of one side as a timeline, one row each. */
final class PhasePlot {

  private static final int WIDTH = 900;
  private static final int LABELS = 130;
  private static final int VALUES = 90;
  private static final int ROW = 24;
  private static final int BAR = 12;

  private PhasePlot() {}

  /** The drawing; empty if the side has reported no phase. */
  static String of(String side, MigrationReport report) {
    List<Phase> phases = report.phases();
    if (phases.isEmpty()) {
      return "";
    }
    double end = phases.stream().mapToDouble(Phase::endMillis).max().orElse(0);
    double scale = (WIDTH - LABELS - VALUES) / Math.max(end, 1e-3);
    int height = ROW * (phases.size() + 1) + 6;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"phases of the %s\">"
                + "<text class=\"ink\" x=\"0\" y=\"16\">%s</text>",
            WIDTH,
            height,
            side,
            side));
    for (int i = 0; i < phases.size(); i++) {
      row(svg, phases.get(i), ROW * (i + 1), scale);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(StringBuilder svg, Phase phase, int top, double scale) {
    double x = LABELS + Math.max(0, phase.startMillis()) * scale;
    double width = Math.max(2, (phase.endMillis() - phase.startMillis()) * scale);
    String name = Markup.escape(phase.name());
    String took = Durations.words(phase.duration());
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"0\" y=\"%d\">%s</text>"
                + "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"var(--grid)\"/>"
                + "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\" "
                + "fill=\"var(--blue)\"><title>%s: %s, from %.2f to %.2f ms</title></rect>"
                + "<text x=\"%.1f\" y=\"%d\">%s</text>",
            top + 16,
            name,
            LABELS,
            WIDTH - VALUES,
            top + 12,
            top + 12,
            x,
            top + 12 - BAR / 2,
            width,
            BAR,
            name,
            took,
            phase.startMillis(),
            phase.endMillis(),
            x + width + 8,
            top + 16,
            took));
  }
}
