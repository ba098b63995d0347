package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.image.AddressRange;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.ProcessPageSource;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.simulation.Step;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sender does until COMMIT, without looking at the process: the same order of messages, and
 * of what happens to the process. From COMMIT on the product does the rest.
 */
final class SimulatedSender {
  private final AttachedProcess source;
  private final SenderOptions options;
  private final List<AddressRange> pages;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases = new PhaseClock(report, MigrationListener.none());
  private final SourceFate fate;
  private final Dialer dialer;

  SimulatedSender(AttachedProcess source, List<AddressRange> pages, SenderOptions options) {
    this.source = source;
    this.pages = pages;
    this.options = options;
    this.fate = new SourceFate(source.pid(), report, phases);
    this.dialer = Dialer.ofNewSession(options);
    report.outcome(Outcome.ROLLED_BACK).mode(MigrationMode.POST_COPY).pid(source.pid());
  }

  MigrationReport send() throws MigrationException {
    try (Connections connections = Connections.open(dialer)) {
      ControlChannel control = new ControlChannel(connections.control());
      SessionFile file = SessionFile.create(options.stateFolder(), source.pid(), dialer.token());
      try {
        return move(connections, control, file);
      } catch (MigrationFailedException e) {
        throw e;
      } catch (MigrationException e) {
        file.delete();
        throw e;
      } catch (Exception e) {
        file.delete();
        throw fate.rolledBack(SourceFate.wordsFor(e), e);
      }
    } catch (IOException e) {
      throw fate.rolledBack("no receiver: " + e.getMessage(), e);
    }
  }

  private MigrationReport move(Connections connections, ControlChannel control, SessionFile file)
      throws Exception {
    SimulatedImage image = new SimulatedImage(source.pid(), pages);
    propose(control, image);
    Step.LOOK_AHEAD.take();
    control.frames().send(FrameType.PLAN);
    control.frames().receive(FrameType.PLANNED);
    FrozenProcess process = source.freeze();
    StandbyThreads threads = new StandbyThreads(0);
    PageMap map = PageMap.ofRanges(pages);
    PageService service = null;
    try {
      SavedSession saved;
      try {
        Step.CAPTURE.take();
        control.frames().receiveTimeout(options.timeouts().restore());
        control.send(FrameType.IMAGE, SimulatedImage.class, image);
        Step.READ_CONTENTS.take();
        control.frames().send(FrameType.CONTENTS);
        service =
            new PageService(connections, map, new ProcessPageSource(process.memory()), threads);
        saved = SavedSession.of(dialer, process, true, pages);
        file.write(saved);
        control.receive(FrameType.RESTORED, RestoredTarget.class);
        source.tracer().run(process::hold);
      } catch (Exception e) {
        source.tracer().run(process::unhold);
        source.thaw(process);
        throw e;
      }
      return new CommittedSource(
              source,
              process,
              map,
              saved,
              dialer,
              file,
              threads,
              MigrationListener.none(),
              report,
              phases,
              fate,
              () -> {})
          .commit(control, service);
    } finally {
      close(service);
    }
  }

  private void propose(ControlChannel control, SimulatedImage image)
      throws IOException, MigrationException {
    control.frames().receiveTimeout(options.timeouts().prepare());
    MigrationAnswer answer;
    do {
      control.send(FrameType.PREPARE, SimulatedImage.class, image);
      answer = control.receive(FrameType.PREPARED, MigrationAnswer.class);
    } while (!answer.hashesWanted().isEmpty());
    if (!answer.obstacles().isEmpty()) {
      throw new MigrationRefusedException(
          answer.obstacles().toString(), report.outcome(Outcome.REFUSED).build());
    }
  }

  private static void close(@Nullable PageService service) {
    if (service != null) {
      service.close();
    }
  }
}
