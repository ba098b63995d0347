package io.github.livemigration.session;

import io.github.livemigration.capture.LiveThread;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Poll;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.tracee.TraceeDiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what has become of the process on the source, in exceptions and reports. */
final class SourceFate {
  private static final Logger LOG = LoggerFactory.getLogger(SourceFate.class);
  private static final int DYING_MILLIS = 2_000;

  private final int pid;
  private final MigrationReport.Builder report;
  private final PhaseClock phases;

  SourceFate(int pid, MigrationReport.Builder report, PhaseClock phases) {
    this.pid = pid;
    this.report = report;
    this.phases = phases;
  }

  /** Before the point of no return. */
  MigrationRolledBackException rolledBack(String words, @Nullable Exception cause) {
    phases.end();
    if (cause instanceof TraceeDiedException
        || (cause instanceof SystemCallException failed && failed.errno() == Errno.ESRCH)) {
      awaitEnd();
    }
    return new MigrationRolledBackException(
        words + (hasEnded() ? "; the target has ended" : "; the target runs on here, unharmed"),
        report.outcome(Outcome.ROLLED_BACK).build(),
        cause);
  }

  /**
   * After the point of no return.
   *
   * @param kept what can be done with the process, where it is kept
   */
  MigrationFailedException failed(String words, String kept, @Nullable Throwable cause) {
    phases.end();
    awaitEnd();
    String here =
        hasEnded()
            ? "process %1$d has ended here, and what it still had of its memory is lost"
            : "process %1$d is kept stopped here. " + kept;
    return new MigrationFailedException(
        "after the point of no return: " + words + "; " + here.formatted(pid),
        report.outcome(Outcome.FAILED).build(),
        cause);
  }

  static String wordsFor(Throwable e) {
    if (e instanceof TraceeDiedException) {
      return "the target ended while it was captured: " + e.getMessage();
    }
    return e instanceof Error || e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /**
   * Give a process that was killed the time to end: a while before it has, it is not traced any
   * more and its memory is gone.
   */
  void awaitEnd() {
    try (Pidfd process = Pidfd.open(pid)) {
      new Poll(process.number()).await(DYING_MILLIS);
    } catch (SystemCallException e) {
      LOG.debug("process {} is gone", pid, e);
    }
  }

  boolean hasEnded() {
    try {
      char state = ProcessStatus.parse(ProcFs.read(LiveThread.of(pid), "status")).state();
      return state == 'Z' || state == 'X';
    } catch (SystemCallException e) {
      return true;
    }
  }
}
