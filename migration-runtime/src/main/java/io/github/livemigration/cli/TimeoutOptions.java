package io.github.livemigration.cli;

import io.github.livemigration.session.Timeouts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a side waits for the other one, in each phase. */
final class TimeoutOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--timeout",
      paramLabel = "PHASE=SECONDS",
      split = ",",
      description = {
        "How long to wait for the other side, may be repeated. Phases: connect (10), prepare: each"
            + " answer before the freeze (60), restore: each answer while the process stands still"
            + " (30), demand: pages that were asked for (30), outage: a lost connection, after"
            + " the point of no return (600)."
      })
  private Map<String, Double> seconds = new LinkedHashMap<>();

  Timeouts timeouts() {
    Timeouts timeouts = Timeouts.usual();
    for (Map.Entry<String, Double> entry : seconds.entrySet()) {
      try {
        timeouts = timeouts.with(entry.getKey(), Duration.ofNanos((long) (entry.getValue() * 1e9)));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(), "--timeout " + entry.getKey() + ": " + e.getMessage(), e);
      }
    }
    return timeouts;
  }
}
