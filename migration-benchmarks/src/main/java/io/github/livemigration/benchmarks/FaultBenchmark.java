package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.util.stream.Stream;

/** What a page costs that a thread waits for. */
final class FaultBenchmark {
  static final String FAULTS = "demand faults";
  private static final String ROUND_TRIP = "4 KiB request and reply over TCP";

  private final Workbench workbench;
  private final Figures figures;

  FaultBenchmark(Workbench workbench, Figures figures) {
    this.workbench = workbench;
    this.figures = figures;
  }

  void run() throws IOException {
    figures.add(FAULTS, "without push", "us", measure("none"), ROUND_TRIP);
    figures.add(FAULTS, "with push", "us", measure("push"), ROUND_TRIP);
    figures.addBaseline(
        FAULTS,
        ROUND_TRIP,
        "us",
        pair(workbench.role(RoundTrips.Server.class), RoundTrips.Client.class));
  }

  private Samples measure(String push) throws IOException {
    return pair(workbench.role(DemandFaults.Server.class, push), DemandFaults.Client.class);
  }

  private Samples pair(RunningProgram started, Class<?> client) throws IOException {
    return pair(workbench, started, client);
  }

  /**
   * Returns what a client prints that talks to a server.
   *
   * @param more what the client is told behind the server's address
   */
  static Samples pair(Workbench workbench, RunningProgram started, Class<?> client, String... more)
      throws IOException {
    try (RunningProgram server = started;
        RunningProgram asking = workbench.role(client, asking(server, more))) {
      asking.awaitSuccess();
      return Printed.samplesOf(asking.output());
    }
  }

  private static String[] asking(RunningProgram server, String... more) throws IOException {
    String address = server.awaitLine(LocalTcp.LISTENING);
    return Stream.concat(Stream.of(address), Stream.of(more)).toArray(String[]::new);
  }
}
