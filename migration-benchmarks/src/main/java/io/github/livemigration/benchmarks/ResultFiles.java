package io.github.livemigration.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes what was measured: a table for people, JSON for programs, pictures. */
final class ResultFiles {
  private final Path folder;
  private final Figures figures;

  ResultFiles(Path folder, Figures figures) {
    this.folder = folder;
    this.figures = figures;
  }

  /** Write all files; returns the table. */
  String write(String host) throws IOException {
    Files.createDirectories(folder);
    JsonMapper.builder()
        .build()
        .writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("benchmarks.json").toFile(), json(host));
    plot("downtime.svg", "Largest gap between two lines, ms", DowntimeBenchmark.GAPS, Plots::bars);
    plot("phases.svg", "Where the downtime goes, ms", DowntimeBenchmark.PHASES, Plots::bars);
    plot("faults.svg", "Demand faults, microseconds", FaultBenchmark.FAULTS, Plots::distributions);
    plot("requests.svg", "Requests a second, 200 ms each", RequestBenchmark.OVER_TIME, Plots::bars);
    plot(
        "bandwidth.svg",
        "Drain against what the link carries from memory to memory, MiB/s",
        BandwidthBenchmark.BANDWIDTH,
        this::comparison);
    String table = table();
    Files.writeString(folder.resolve("benchmarks.md"), host + "\n\n" + table);
    return table;
  }

  private void plot(
      String file, String title, String group, BiFunction<String, List<Figure>, String> drawing)
      throws IOException {
    List<Figure> drawn = figures.of(group);
    if (!drawn.isEmpty()) {
      Files.writeString(folder.resolve(file), drawing.apply(title, drawn));
    }
  }

  private String comparison(String title, List<Figure> drawn) {
    Map<Figure, Figure> baselines = new LinkedHashMap<>();
    drawn.forEach(figure -> figures.baseline(figure).ifPresent(b -> baselines.put(figure, b)));
    return ComparisonPlot.draw(title, baselines);
  }

  private Map<String, Object> json(String host) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Figure figure : figures.all()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("group", figure.group());
      line.put("name", figure.name());
      line.put("unit", figure.unit());
      line.put("count", figure.samples().values().size());
      line.put("median", figure.samples().median());
      line.put("p95", figure.samples().percentile(0.95));
      line.put("p99", figure.samples().percentile(0.99));
      line.put("max", figure.samples().percentile(1));
      figures
          .ratio(figure)
          .ifPresent(
              ratio -> {
                line.put("baseline", figure.baseline());
                line.put("ratio", ratio);
              });
      lines.add(line);
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("host", host);
    result.put("figures", lines);
    return result;
  }

  private String table() {
    StringBuilder table = new StringBuilder();
    String group = "";
    for (Figure figure : figures.byGroup()) {
      if (!figure.group().equals(group)) {
        group = figure.group();
        table.append(table.length() == 0 ? "" : "\n");
        row(table, group, "unit", "median", "p95", "p99", "max", "ratio");
        row(table, "-".repeat(10), "---", "---:", "---:", "---:", "---:", "---:");
      }
      Samples samples = figure.samples();
      row(
          table,
          figure.name(),
          figure.unit(),
          number(samples.median()),
          number(samples.percentile(0.95)),
          number(samples.percentile(0.99)),
          number(samples.percentile(1)),
          figures.ratio(figure).map(ResultFiles::number).orElse(""));
    }
    return table.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static void row(StringBuilder table, String name, String... cells) {
    table.append(String.format(Locale.ROOT, "| %-60s |", name));
    for (String cell : cells) {
      table.append(String.format(Locale.ROOT, " %8s |", cell));
    }
    table.append('\n');
  }
}
