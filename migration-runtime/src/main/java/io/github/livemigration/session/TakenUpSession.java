package io.github.livemigration.session;

import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.KeptProcess;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.tracee.Tracer;
import java.util.function.Consumer;

/**
 * The rest of a session whose first receiver has died after COMMIT: take the process over from its
 * init, find out which pages it has, and wait for the source, which dials again.
 */
final class TakenUpSession {
  private static final int PAGE_THREADS = 3;

  private final KeptProcess process;
  private final SessionConnections connections;
  private final SessionNote note;
  private final ReceivedSession session;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final Consumer<Fate> ending;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;

  /**
   * Prepare.
   *
   * @param process closed at the end
   */
  TakenUpSession(
      KeptProcess process,
      SessionConnections connections,
      SessionNote note,
      ReceiverOptions options,
      ReceiverListener listener,
      Consumer<Fate> ending) {
    this.process = process;
    this.connections = connections;
    this.note = note;
    this.session = note.session();
    this.options = options;
    this.listener = listener;
    this.ending = ending;
    this.phases = new PhaseClock(report, listener);
    report
        .outcome(Outcome.FAILED)
        .mode(MigrationMode.POST_COPY)
        .pid(session.pid())
        .hostPid(session.hostPid())
        .threads(session.threads())
        .mappings(session.mappings());
  }

  /** Go through it; failures end in the report and with the listener. */
  void run() {
    try (process;
        Tracer tracer = new Tracer("tracer of a restored process");
        StandbyThreads threads = new StandbyThreads(PAGE_THREADS);
        EventJournal journal = session.kept().openJournal(true)) {
      PageFetcher pages =
          PageFetcher.takeOver(options, process, session, threads, journal, listener);
      RunningTarget target =
          new RunningTarget(session.pid(), process, tracer, note, listener, report, phases, ending);
      target.settle(pages, () -> goOn(target, pages));
    } catch (Exception e) {
      listener.rejected(
          "process %d, which another receiver restored: %s"
              .formatted(session.pid(), e.getMessage() == null ? e : e.getMessage()),
          e);
    }
  }

  private void goOn(RunningTarget target, PageFetcher pages) throws Exception {
    phases.begin("post-copy");
    pages.takeOver(session.completion().isPresent());
    listener.resumed(session.pid(), session.hostPid());
    CommittedDestination committed =
        new CommittedDestination(
            connections,
            null,
            options,
            listener,
            process.pidfd(),
            pages,
            session.verify(),
            report,
            note);
    if (session.stopped()) {
      committed.takeStopped();
    }
    if (session.completion().isPresent()) {
      phases.begin("complete");
      committed.complete(session.completion().get());
    } else {
      target.fetch(committed);
    }
  }
}
