package io.github.livemigration.session;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.KeptDescriptors;
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.simulation.Kernel;
import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Step;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** In place of the one that builds processes: the same order of messages, the same answers. */
final class IncomingMigration {
  private static final int MOST_NANOS_TO_RESUME = 2_000_000;

  private final SessionToken token;
  private final SessionConnections session;
  private final ControlChannel control;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final Consumer<Fate> ending;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final StandbyThreads threads = new StandbyThreads(0);
  private @Nullable RestoredProcess restored;
  private SessionNote note = SessionNote.none();
  private boolean committed;

  IncomingMigration(
      SessionToken token,
      SessionConnections session,
      FrameChannel control,
      ReceiverOptions options,
      ReceiverListener listener,
      Consumer<Fate> ending) {
    this.token = token;
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
      if (!committed) {
        ending.accept(Fate.ROLLED_BACK);
      }
      QuietClose.close(control.frames());
    }
  }

  private void receive() throws Exception {
    int pid;
    PageFetcher pages;
    RestoredProcess process;
    try {
      if (!agree()) {
        return;
      }
      control.frames().receive(FrameType.PLAN);
      Step.BUILD_PLAN.take();
      control.frames().send(FrameType.PLANNED);
      SimulatedImage image = control.receive(FrameType.IMAGE, SimulatedImage.class);
      control.frames().receiveTimeout(options.timeouts().restore());
      pid = image.pid();
      process = new RestoredProcess(Kernel.the().build(Kernel.the().source(pid)));
      restored = process;
      Step.RESTORE.take();
      control.frames().receive(FrameType.CONTENTS);
      KeptDescriptors kept = KeptDescriptors.of(process.hostPid());
      pages =
          PageFetcher.begin(
              session,
              options,
              process,
              PageMap.ofRanges(image.pages()),
              threads,
              options.stateFolder().map(folder -> kept.openJournal(false)));
      Step.NOTE.take();
      note(image, process, kept);
      control.frames().receiveTimeout(options.timeouts().restore());
      control.send(
          FrameType.RESTORED,
          RestoredTarget.class,
          new RestoredTarget(process.hostPid(), List.of()));
      control.frames().receive(FrameType.COMMIT);
      Step.NOTE_COMMIT.take();
      note.committed();
    } catch (IOException | RuntimeException e) {
      if (restored != null) {
        restored.destroy();
      }
      control.tryAbort(String.valueOf(e.getMessage()));
      control.awaitPeerAfterAbort();
      ending.accept(Fate.ROLLED_BACK);
      return;
    }
    committed = true;
    Scheduler.the().sleep(Scheduler.the().random().nextInt(MOST_NANOS_TO_RESUME));
    run(pid, process, pages);
  }

  private void note(SimulatedImage image, RestoredProcess process, KeptDescriptors kept)
      throws IOException {
    if (options.stateFolder().isEmpty()) {
      return;
    }
    ReceivedSession noted =
        new ReceivedSession(
            token.bytes(),
            SessionConnections.fingerprintOf(control.frames().identity()),
            image.pid(),
            process.hostPid(),
            ReceivedSession.startTicksOf(process.hostPid()),
            HostIdentity.thisBootId(),
            1,
            1,
            true,
            new ReceivedSession.Pages(image.pages(), List.of(), List.of(), List.of()),
            kept,
            false,
            Optional.empty());
    note = SessionNote.prepared(options.stateFolder().get(), noted);
  }

  /** Files are hashed now and then, and now and then something stands in the way. */
  private boolean agree() throws IOException {
    control.frames().receiveTimeout(options.timeouts().prepare());
    MigrationAnswer answer;
    do {
      control.receive(FrameType.PREPARE, SimulatedImage.class);
      Step.ANSWER.take();
      answer = anyAnswer(Scheduler.the().random());
      control.send(FrameType.PREPARED, MigrationAnswer.class, answer);
    } while (!answer.hashesWanted().isEmpty());
    return answer.obstacles().isEmpty();
  }

  private static MigrationAnswer anyAnswer(Random random) {
    List<Integer> wanted = random.nextInt(4) == 0 ? List.of(1) : List.of();
    List<Obstacle> obstacles =
        wanted.isEmpty() && random.nextInt(50) == 0
            ? List.of(new Obstacle("SIMULATED", "something", "it is not there", "try again"))
            : List.of();
    return new MigrationAnswer(List.of(), wanted, false, obstacles);
  }

  private void run(int pid, RestoredProcess process, PageFetcher pages) throws Exception {
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
