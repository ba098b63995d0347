package io.github.livemigration.session;

import java.time.Duration;

/** Measures the steps of one migration on one side, from the start of its session. */
final class PhaseClock {
  private final long startNanos = System.nanoTime();
  private final MigrationReport.Builder report;
  private final MigrationListener listener;
  private String name = "";
  private long phaseStartNanos;

  PhaseClock(MigrationReport.Builder report, MigrationListener listener) {
    this.report = report;
    this.listener = listener;
  }

  /** End the current step, if any, and begin the next. */
  void begin(String next) {
    end();
    name = next;
    phaseStartNanos = System.nanoTime();
    listener.phaseBegan(next);
  }

  /** End the current step, if any, and the session's time as known so far. */
  void end() {
    long now = System.nanoTime();
    if (!name.isEmpty()) {
      report.phase(name, since(phaseStartNanos), since(now));
      name = "";
    }
    report.total(since(now));
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(nanos - startNanos);
  }
}
