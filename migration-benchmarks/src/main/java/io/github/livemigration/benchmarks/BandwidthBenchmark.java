package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How much of a link's bandwidth a drain uses. */
final class BandwidthBenchmark {
  static final String BANDWIDTH = "drain against bandwidth";

  private final Workbench workbench;
  private final Figures figures;

  BandwidthBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  /**
   * Measure.
   *
   * @param mib size of the target
   * @param bandwidths of the links, in MiB a second; {@link NetworkLink#UNLIMITED} for none
   */
  void run(int runs, int mib, List<Integer> bandwidths) throws IOException {
    for (int bandwidth : bandwidths) {
      try (NetworkLink link = NetworkLink.of(bandwidth)) {
        measure(link, nameOf(bandwidth), runs, mib);
      }
    }
  }

  private static String nameOf(int bandwidth) {
    return bandwidth == NetworkLink.UNLIMITED ? "unlimited" : bandwidth + " MiB/s";
  }

  private void measure(NetworkLink link, String name, int runs, int mib) throws IOException {
    List<Double> drains = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      drains.add(move(link, mib).drainMibPerSecond());
    }
    String whole = name + ": memory to memory";
    figures.add(
        BANDWIDTH, name + ": drain of " + mib + " MiB", "MiB/s", new Samples(drains), whole);
    figures.addBaseline(
        BANDWIDTH,
        whole,
        "MiB/s",
        BulkTransfer.measure(
            link.source(workbench), link.sourceAddress(), link.destination(workbench), mib));
  }

  private Migration move(NetworkLink link, int mib) throws IOException {
    try (Migration.Listening receiver =
        Migration.Listening.start(
            link.destination(workbench), "--bind", link.destinationAddress(), "--insecure")) {
      return Migration.ofScript(link.source(workbench), receiver, mib);
    }
  }
}
