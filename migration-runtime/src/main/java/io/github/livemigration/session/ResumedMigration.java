package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.StandbyThreads;
import java.io.IOException;

/**
 * The rest of a migration whose first sender has died or given up after COMMIT: take the stopped
 * source over and serve its pages to the end.
 */
final class ResumedMigration {
  private final SessionFile file;
  private final SenderOptions options;
  private final MigrationListener listener;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;

  ResumedMigration(SessionFile file, SenderOptions options, MigrationListener listener) {
    this.file = file;
    this.options = options;
    this.listener = listener;
    this.phases = new PhaseClock(report, listener);
    report.outcome(Outcome.FAILED).mode(MigrationMode.POST_COPY);
  }

  MigrationReport run() throws MigrationException, IOException {
    SavedSession saved = file.read().orElse(null);
    if (saved == null || !saved.isThere()) {
      file.delete();
      throw new IOException(
          saved == null
              ? "nothing was frozen in session " + file.name()
              : "process %d of session %s is not there any more"
                  .formatted(saved.pid(), file.name()));
    }
    checkStopped(saved);
    if (saved.verify() && !AttachedProcess.isStopped(saved.pid())) {
      listener.warned(
          "somebody has woken the frozen process, and the kernel has written its rseq areas; the"
              + " content of pages is not compared");
      saved = saved.withoutVerification();
    }
    Dialer dialer = Dialer.of(saved, options);
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(saved.pid(), "status"));
    report.pid(status.nsPids().get(status.nsPids().size() - 1)).threads(status.threads());
    SourceFate fate = new SourceFate(saved.pid(), report, phases);
    try (AttachedProcess source = AttachedProcess.held(saved.pid(), saved.stopped());
        StandbyThreads threads = new StandbyThreads(0)) {
      FrozenProcess process = freeze(source, fate);
      return new CommittedSource(
              source,
              process,
              PageMap.ofRanges(saved.pages()),
              saved,
              dialer,
              file,
              threads,
              listener,
              report,
              phases,
              fate,
              () -> {})
          .resume();
    }
  }

  private void checkStopped(SavedSession saved) throws IOException {
    int pid = saved.pid();
    ProcessStatus status = AttachedProcess.settled(pid);
    if (status.tracerPid() != 0) {
      throw new IOException(
          "session %s is under way: process %d traces process %d"
              .formatted(file.name(), status.tracerPid(), pid));
    }
    if (!AttachedProcess.isHeld(status) && saved.parked().isEmpty()) {
      throw new IOException(
          "process %d runs here: the sender of session %s has died before COMMIT; send it again"
              .formatted(pid, file.name()));
    }
  }

  private FrozenProcess freeze(AttachedProcess source, SourceFate fate) throws MigrationException {
    phases.begin("freeze");
    try {
      return source.freeze();
    } catch (Exception e) {
      throw fate.failed(
          "process could not be taken over: " + SourceFate.wordsFor(e),
          "'kill -KILL %1$d' gives it up",
          e);
    }
  }
}
