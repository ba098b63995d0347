package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures migrations of real processes on this host and tells what came out. */
@Command(
    name = "benchmarks",
    description = "Measures migrations of real processes on this host. Needs root.",
    mixinStandardHelpOptions = true)
public final class BenchmarkMain implements Callable<Integer> {
  private static final int WARM_UP_RUNS = 2;

  /** Something that can be measured alone. */
  enum Part {
    DOWNTIME,
    FAULTS,
    DRAIN,
    BANDWIDTH,
    WARM_UP,
    REQUESTS,
    WAITING
  }

  @Option(
      names = "--runs",
      defaultValue = "10",
      description = "Migrations of each kind (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--resident-mib",
      split = ",",
      defaultValue = "0,64,512,2048",
      description = "Sizes of the native target (default: ${DEFAULT-VALUE}).")
  private List<Integer> residentMib;

  @Option(
      names = "--drain-mib",
      defaultValue = "2048",
      description = "Size of the target that drains (default: ${DEFAULT-VALUE}).")
  private int drainMib;

  @Option(
      names = "--bandwidth-mib",
      defaultValue = "512",
      description = "Size of the target that drains over slow links (default: ${DEFAULT-VALUE}).")
  private int bandwidthMib;

  @Option(
      names = "--links",
      split = ",",
      defaultValue = "250,500,1000,2000,0",
      description = "Bandwidths of them in MiB/s, 0 for no limit (default: ${DEFAULT-VALUE}).")
  private List<Integer> links;

  @Option(
      names = "--only",
      split = ",",
      description = "Measure only these: ${COMPLETION-CANDIDATES}.")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(
      names = "--jar",
      defaultValue = "migration-runtime/target/migrate.jar",
      description = "The product (default: ${DEFAULT-VALUE}).")
  private Path jar;

  @Option(
      names = "--output",
      defaultValue = "migration-benchmarks/target/benchmarks",
      description = "Folder for JSON, table and pictures (default: ${DEFAULT-VALUE}).")
  private Path output;

  /** Run, as {@code java -jar benchmarks.jar}; {@code parts} and JMH's options run the parts. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0 && arguments[0].equals("parts")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
    } else {
      System.exit(run(arguments));
    }
  }

  static int run(String... arguments) {
    return new CommandLine(new BenchmarkMain())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    if (only.contains(Part.BANDWIDTH) && !canLimitLinks()) {
      return CommandLine.ExitCode.SOFTWARE;
    }
    Path scratch = Files.createTempDirectory("benchmarks");
    try {
      Figures figures = new Figures(BenchmarkMain::tell);
      String before = HostLoad.average();
      measure(
          new Workbench(jar, System.getProperty("java.class.path"), scratch, List.of()), figures);
      String host =
          "%s, %s runs, load before: %s, after: %s"
              .formatted(HostLoad.processors(), runs, before, HostLoad.average());
      String table = new ResultFiles(output, figures).write(host);
      System.out.println(table + "\n" + host + "\nwritten to " + output);
      return 0;
    } finally {
      delete(scratch);
    }
  }

  /** Try it at once, as nobody wants to hear of it after an hour. */
  private static boolean canLimitLinks() {
    try {
      NetworkLink.of(1).close();
      return true;
    } catch (IOException e) {
      System.err.println(
          "bandwidth (see --only) needs root, unshare, nsenter, ip and tc: " + e.getMessage());
      return false;
    }
  }

  /** A full run takes half an hour. */
  private static void tell(Figure figure) {
    System.err.printf(
        Locale.ROOT,
        "%s, %s: median %.1f %s%n",
        figure.group(),
        figure.name(),
        figure.samples().median(),
        figure.unit());
  }

  private void measure(Workbench workbench, Figures figures) throws IOException {
    if (only.contains(Part.DOWNTIME)) {
      new DowntimeBenchmark(workbench, runs, figures).run(residentMib);
    }
    if (only.contains(Part.FAULTS)) {
      new FaultBenchmark(workbench, figures).run();
    }
    if (only.contains(Part.DRAIN)) {
      new DrainBenchmark(workbench, figures).run(Math.min(runs, 5), drainMib);
    }
    if (only.contains(Part.BANDWIDTH)) {
      new BandwidthBenchmark(workbench, figures).run(Math.min(runs, 3), bandwidthMib, links);
    }
    if (only.contains(Part.WARM_UP)) {
      new WarmUpBenchmark(workbench, figures).run(Math.min(runs, WARM_UP_RUNS));
    }
    if (only.contains(Part.REQUESTS)) {
      new RequestBenchmark(workbench, figures).run(Math.min(runs, 5));
    }
    if (only.contains(Part.WAITING)) {
      new WaitingBenchmark(workbench, figures).run(Math.min(runs, 5));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
