package io.github.livemigration.session;

import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.simulation.Kernel;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** In place of the one that builds processes: the same order of messages, the same answers. */
final class IncomingMigration {
  private final SessionConnections session;
  private final ControlChannel control;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final Consumer<Fate> ending;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final StandbyThreads threads = new StandbyThreads(0);
  private @Nullable RestoredProcess restored;

  IncomingMigration(
      SessionToken token,
      SessionConnections session,
      FrameChannel control,
      ReceiverOptions options,
      ReceiverListener listener,
      Consumer<Fate> ending) {
    this.session = session;
    this.control = new ControlChannel(control);
    this.options = options;
    this.listener = listener;
    this.ending = ending;
    this.phases = new PhaseClock(report, listener);
    report.outcome(Outcome.ROLLED_BACK).mode(MigrationMode.POST_COPY);
  }

  void run() {
    try {
      receive();
    } catch (Exception e) {
      listener.rejected(String.valueOf(e.getMessage()), e);
    } finally {
      QuietClose.close(control.frames());
    }
  }

  private void receive() throws Exception {
    int pid;
    PageFetcher pages;
    RestoredProcess process;
    try {
      control.frames().receiveTimeout(options.timeouts().prepare());
      control.frames().receive(FrameType.PLAN);
      control.frames().send(FrameType.PLANNED);
      SimulatedImage image = control.receive(FrameType.IMAGE, SimulatedImage.class);
      pid = image.pid();
      process = new RestoredProcess(Kernel.the().build(Kernel.the().source(pid)));
      restored = process;
      pages = new PageFetcher(session, options, process, PageMap.ofRanges(image.pages()), threads);
      control.frames().receiveTimeout(options.timeouts().restore());
      control.send(
          FrameType.RESTORED,
          RestoredTarget.class,
          new RestoredTarget(process.hostPid(), List.of()));
      control.frames().receive(FrameType.COMMIT);
    } catch (IOException | RuntimeException e) {
      if (restored != null) {
        restored.destroy();
      }
      control.tryAbort(String.valueOf(e.getMessage()));
      ending.accept(Fate.ROLLED_BACK);
      return;
    }
    run(pid, process, pages);
  }

  private void run(int pid, RestoredProcess process, PageFetcher pages) throws Exception {
    SessionNote note = SessionNote.none();
    RunningTarget target =
        new RunningTarget(pid, process, new Tracer("none"), note, listener, report, phases, ending);
    CommittedDestination committed =
        new CommittedDestination(
            session, control, options, listener, process.pidfd(), pages, true, report, note);
    target.settle(
        pages,
        () -> {
          pages.start();
          process.resume();
          tellResumed();
          target.fetch(committed);
        });
  }

  private void tellResumed() {
    try {
      control.frames().send(FrameType.RESUMED);
    } catch (IOException e) {
      listener.warned("the source comes back and asks");
    }
  }
}
