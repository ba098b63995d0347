package io.github.livemigration.session;

import io.github.livemigration.capture.CannotCarryException;
import io.github.livemigration.capture.Capture;
import io.github.livemigration.capture.FileKey;
import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.LiveThread;
import io.github.livemigration.capture.OtherProcesses;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.capture.ProcessReader;
import io.github.livemigration.capture.SourcePages;
import io.github.livemigration.capture.SourcePlan;
import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.Ranges;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * One migration as the source goes through it until COMMIT: propose, freeze, capture, send. Every
 * failure lets the target run on; {@link CommittedSource} does the rest.
 */
final class OutgoingMigration {
  private static final int PAGE_THREADS = 2;

  private final SourceProcess source;
  private final SenderOptions options;
  private final MigrationListener listener;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final StandbyThreads threads = new StandbyThreads(PAGE_THREADS);
  private final SourceFate fate;
  private final Dialer dialer;
  private final boolean lookAhead;
  private long freezeNanos;
  private boolean otherVdso;

  /**
   * Prepare.
   *
   * @param lookAhead whether to read before the freeze what has to be confirmed later
   */
  OutgoingMigration(
      SourceProcess source, SenderOptions options, MigrationListener listener, boolean lookAhead) {
    this.lookAhead = lookAhead;
    this.source = source;
    this.options = options;
    this.listener = listener;
    this.phases = new PhaseClock(report, listener);
    this.fate = new SourceFate(source.pid(), report, phases);
    this.dialer = Dialer.ofNewSession(options);
    report.outcome(Outcome.ROLLED_BACK).mode(MigrationMode.POST_COPY).pid(source.pid());
  }

  /**
   * Move the process.
   *
   * @return the sender's report, once the destination has everything and the source process is gone
   */
  MigrationReport run() throws MigrationException {
    Preflight preflight = preflight();
    Connections opened;
    try {
      phases.begin("connect");
      opened = Connections.open(dialer);
    } catch (IOException e) {
      InetSocketAddress to = options.destination();
      throw fate.rolledBack(
          "no receiver at %s:%d: %s".formatted(to.getHostString(), to.getPort(), e.getMessage()),
          e);
    }
    try (Connections connections = opened;
        threads) {
      ControlChannel control = new ControlChannel(connections.control());
      Set<FileKey> sameFiles = prepare(control, preflight, connections.roundTripNanos());
      return moveFrozen(connections, control, sameFiles, preflight.others());
    }
  }

  /** Look at the process; refuses what cannot be carried. */
  Preflight preflight() throws MigrationException {
    phases.begin("preflight");
    Preflight preflight;
    try {
      preflight = source.preflight();
    } catch (SystemCallException e) {
      throw fate.rolledBack(
          "process " + source.pid() + " cannot be looked at: " + e.getMessage(), e);
    }
    report
        .pid(preflight.status().nsPids().get(preflight.status().nsPids().size() - 1))
        .threads(preflight.status().threads())
        .mappings(preflight.mappings().size());
    refuseFor(preflight.obstacles());
    return preflight;
  }

  private void refuseFor(List<Obstacle> obstacles) throws MigrationRefusedException {
    if (obstacles.isEmpty()) {
      return;
    }
    obstacles.forEach(obstacle -> report.refusal(Refusal.of(obstacle)));
    phases.end();
    String more =
        obstacles.size() == 1 ? "" : " (and %d more reasons)".formatted(obstacles.size() - 1);
    throw new MigrationRefusedException(
        Refusal.of(obstacles.get(0)) + more, report.outcome(Outcome.REFUSED).build());
  }

  private Set<FileKey> prepare(ControlChannel control, Preflight preflight, long roundTripNanos)
      throws MigrationException {
    phases.begin("prepare");
    try {
      control.frames().receiveTimeout(options.timeouts().prepare());
      Proposer proposer = new Proposer(preflight, options.verify(), roundTripNanos);
      MigrationAnswer answer = proposer.propose(control, Set.of());
      if (!answer.hashesWanted().isEmpty()) {
        answer = proposer.propose(control, new HashSet<>(answer.hashesWanted()));
      }
      refuseFor(answer.obstacles());
      otherVdso = answer.otherVdso();
      refuseFor(otherVdso ? preflight.obstaclesOfOtherVdso() : List.of());
      Set<FileKey> same = preflight.mappedFiles().keysOf(new HashSet<>(answer.sameFiles()));
      refuseFor(preflight.obstaclesWith(same));
      return same;
    } catch (IOException | SystemCallException e) {
      throw fate.rolledBack("the receiver could not prepare: " + e.getMessage(), e);
    }
  }

  private MigrationReport moveFrozen(
      Connections connections,
      ControlChannel control,
      Set<FileKey> sameFiles,
      OtherProcesses others)
      throws MigrationException {
    try {
      return move(connections, control, sameFiles, others);
    } finally {
      ThreadPriority.reset();
    }
  }

  private MigrationReport move(
      Connections connections,
      ControlChannel control,
      Set<FileKey> sameFiles,
      OtherProcesses others)
      throws MigrationException {
    SessionFile file = noteSession();
    Sent sent = null;
    Ahead ahead = null;
    try {
      ahead = lookAhead(control, sameFiles);
      // Not before: on a host that both sides share, the target could not run meanwhile.
      ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
      FrozenProcess process = freeze();
      SavedSession saved;
      try {
        leaveVdso(process);
        sent =
            sendImage(
                connections,
                control,
                new ProcessReader(process, sameFiles, ahead.mappings(), ahead.plan(), others),
                ahead.plan());
        saved = SavedSession.of(dialer, process, options.verify(), sent.pages().ranges());
        file.write(saved);
        awaitRestored(control, process, sent.mappingsHold());
      } catch (Exception | OutOfMemoryError e) {
        throw thaw(process, e);
      }
      return committed(process, sent.pages(), saved, file, ahead.plan())
          .commit(control, sent.service());
    } catch (MigrationException e) {
      forgetUnless(e instanceof MigrationFailedException, file);
      throw e;
    } catch (CannotCarryException e) {
      file.delete();
      refuseFor(e.obstacles());
      throw new IllegalStateException("refused without a reason", e);
    } catch (Exception e) {
      file.delete();
      throw fate.rolledBack(SourceFate.wordsFor(e), e);
    } finally {
      if (sent != null) {
        sent.service().close();
        sent.source().close();
      }
      if (ahead != null) {
        ahead.close(); // The watch not earlier: it takes long, on a host that the target may share.
      }
    }
  }

  private static void forgetUnless(boolean needed, SessionFile file) {
    if (!needed) {
      file.delete();
    }
  }

  private SessionFile noteSession() throws MigrationException {
    try {
      SessionFile file = SessionFile.create(options.stateFolder(), source.pid(), dialer.token());
      listener.sessionNoted(file.name());
      return file;
    } catch (SessionFile.HeldException e) {
      refuseFor(List.of(ProcessKind.ACCESS.at("process " + source.pid(), SourceFate.wordsFor(e))));
      throw fate.rolledBack(SourceFate.wordsFor(e), e);
    } catch (IOException e) {
      throw fate.rolledBack(SourceFate.wordsFor(e), e);
    }
  }

  private CommittedSource committed(
      FrozenProcess process, PageMap pages, SavedSession saved, SessionFile file, SourcePlan plan) {
    return new CommittedSource(
        source,
        process,
        pages,
        saved,
        dialer,
        file,
        threads,
        listener,
        report,
        phases,
        fate,
        () -> resumed(plan));
  }

  private record Sent(
      PageMap pages, PageService service, SourcePages source, Future<Boolean> mappingsHold) {}

  private Sent sendImage(
      Connections connections, ControlChannel control, ProcessReader reader, SourcePlan plan)
      throws Exception {
    Capture capture = capture(reader);
    SourcePages pages = capture.pages();
    try {
      sendFrozen(control, capture, plan);
      Future<Boolean> confirmed = capture.confirm();
      MemoryContents contents = readContents(capture);
      control.send(
          FrameType.CONTENTS,
          MemoryContents.class,
          contents,
          contents.eagerPages(),
          options.timeouts().restore());
      List<AddressRange> served = new ArrayList<>(contents.pagesToCome());
      served.addAll(contents.earlyPages());
      return new Sent(
          PageMap.ofRanges(contents.pagesToCome()),
          new PageService(connections, PageMap.ofRanges(Ranges.merged(served)), pages, threads),
          pages,
          confirmed);
    } catch (Exception | OutOfMemoryError e) {
      capture.abandon();
      pages.close();
      throw e;
    }
  }

  private void sendFrozen(ControlChannel control, Capture capture, SourcePlan plan)
      throws IOException {
    phases.begin("restore");
    control.frames().receiveTimeout(options.timeouts().restore());
    ProcessImage image = capture.image();
    control.send(
        FrameType.IMAGE,
        FrozenTarget.class,
        FrozenTarget.of(
            image, plan.plan(), capture.keptMappings(), System.nanoTime() - freezeNanos),
        image.memory().rseqPages(),
        options.timeouts().restore());
  }

  private MemoryContents readContents(Capture capture) {
    // Where both sides share a host, the destination goes first: it has less to do.
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    MemoryContents contents = capture.readContents();
    ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
    report.residentBytes(Ranges.pageCount(contents.pagesToCome()) * AddressRange.PAGE_BYTES);
    return contents;
  }

  private void awaitRestored(
      ControlChannel control, FrozenProcess process, Future<Boolean> mappingsHold)
      throws Exception {
    RestoredTarget restored = control.receive(FrameType.RESTORED, RestoredTarget.class);
    restored.warnings().forEach(listener::warned);
    phases.begin("commit");
    if (!Tracer.await(mappingsHold)) {
      requireStopped(process); // The mappings of a process that is killed go, too.
      throw new MappingsChangedException();
    }
    source.tracer().run(process::hold);
    requireStopped(process);
  }

  private void requireStopped(FrozenProcess process) throws Exception {
    if (!source.tracer().call(process::isStopped)) {
      fate.awaitEnd();
      throw new IOException("the target ended while it was frozen");
    }
  }

  /** Let the destination build what can be known before the freeze. */
  private Ahead lookAhead(ControlChannel control, Set<FileKey> sameFiles)
      throws IOException, MigrationException {
    phases.begin("plan");
    return Ahead.send(
        control,
        LiveThread.of(source.pid()),
        sameFiles,
        options.pagesAhead(),
        lookAhead,
        options.timeouts().prepare());
  }

  private FrozenProcess freeze() throws MigrationException {
    phases.begin("freeze");
    freezeNanos = System.nanoTime();
    try {
      return source.freeze();
    } catch (Exception e) {
      throw fate.rolledBack(
          "process " + source.pid() + " could not be frozen: " + SourceFate.wordsFor(e), e);
    }
  }

  private void leaveVdso(FrozenProcess process) throws Exception {
    if (otherVdso) {
      var mappings = MemoryMapParser.parse(ProcFs.read(process.memory().pid(), "maps"));
      source.tracer().run(() -> process.leaveVdso(mappings));
    }
  }

  private Capture capture(ProcessReader reader) throws Exception {
    phases.begin("capture");
    Capture capture = source.tracer().call(reader::read);
    report
        .threads(capture.image().threads().size())
        .mappings(capture.image().memory().mappings().size());
    return capture;
  }

  /** Returns what the attempt failed with. */
  private Exception thaw(FrozenProcess process, Throwable reason) {
    Exception failure =
        reason instanceof Exception e ? e : new IOException(reason.toString(), reason);
    try {
      source.tracer().run(process::unhold);
      source.thaw(process);
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private void resumed(SourcePlan plan) {
    report.downtime(Duration.ofNanos(System.nanoTime() - freezeNanos));
    ThreadPriority.reset();
    phases.begin("post-copy");
    plan.close(); // Not earlier: to give so much memory back takes long for a stopped process.
  }
}
