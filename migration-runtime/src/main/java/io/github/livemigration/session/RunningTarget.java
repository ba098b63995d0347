package io.github.livemigration.session;

import io.github.livemigration.restore.LivingProcess;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.tracee.Tracer;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A target that lives on this host from now on: its pages are fetched, its session is settled, and
 * its end is told.
 */
final class RunningTarget {
  private final int pid;
  private final LivingProcess process;
  private final Tracer tracer;
  private final SessionNote note;
  private final ReceiverListener listener;
  private final MigrationReport.Builder report;
  private final PhaseClock phases;
  private final Consumer<Fate> ending;

  RunningTarget(
      int pid,
      LivingProcess process,
      Tracer tracer,
      SessionNote note,
      ReceiverListener listener,
      MigrationReport.Builder report,
      PhaseClock phases,
      Consumer<Fate> ending) {
    this.pid = pid;
    this.process = process;
    this.tracer = tracer;
    this.note = note;
    this.listener = listener;
    this.report = report;
    this.phases = phases;
    this.ending = ending;
  }

  /** What has to be done until the source is not needed any more. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Do what has to be done, or else kill the process.
   *
   * @param pages closed in either case
   */
  void settle(PageFetcher pages, Work work) throws Exception {
    try (pages) {
      work.run();
    } catch (Exception e) {
      giveUp();
      throw e;
    } catch (OutOfMemoryError e) {
      giveUp();
      throw new IOException(e.toString(), e);
    }
    ending.accept(Fate.COMPLETED);
    boolean released = release();
    note.forget();
    phases.end();
    listener.finished(report.outcome(Outcome.COMPLETED).build());
    if (released) {
      awaitEnd();
    }
  }

  /** Memory that is missing for good must not read as zeros: the process ends instead. */
  private void giveUp() throws Exception {
    phases.end();
    tracer.run(process::kill);
    note.forget();
    ending.accept(Fate.FAILED);
    listener.finished(report.outcome(Outcome.FAILED).build());
  }

  /** Fetch all pages and settle the account. */
  void fetch(CommittedDestination committed) throws IOException, InterruptedException {
    PageCompletion completion = committed.fetch();
    phases.begin("complete");
    Reports.addPages(report, completion);
    if (completion.processEnded()) {
      listener.warned(
          "process %d has ended before %d of its pages had come"
              .formatted(process.pidfd().pid(), completion.missingPages()));
    }
    noteArrived(completion);
    committed.complete(completion);
  }

  private void noteArrived(PageCompletion completion) {
    try {
      note.arrived(completion);
    } catch (IOException e) {
      listener.warned("another receiver would not know that all pages are here: " + e);
    }
  }

  /** The process has all that it needs; its init is all that can be left in this tracer's hands. */
  private boolean release() throws Exception {
    try {
      tracer.run(process::complete);
      return true;
    } catch (RuntimeException e) {
      listener.warned(
          "process %d runs on, but how it ends will not be known: %s"
              .formatted(process.pidfd().pid(), e.getMessage()));
      return false;
    }
  }

  private void awaitEnd() throws Exception {
    OptionalInt status = tracer.call(process::awaitEnd);
    if (status.isPresent()) {
      listener.ended(pid, status.getAsInt());
    } else {
      listener.warned("process " + pid + " has ended; the kernel does not tell how");
    }
  }
}
