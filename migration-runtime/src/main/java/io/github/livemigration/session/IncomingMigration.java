package io.github.livemigration.session;

import io.github.livemigration.capture.IdentityReader;
import io.github.livemigration.capture.Vdso;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.Credentials;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.BlankProcess;
import io.github.livemigration.restore.ClockShift;
import io.github.livemigration.restore.ContentWriter;
import io.github.livemigration.restore.KeptDescriptors;
import io.github.livemigration.restore.MappingDifference;
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.restore.SourceVdso;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration as the destination goes through it: answer, prepare, restore, resume, fetch,
 * complete, wait.
 *
 * <p>Until COMMIT has arrived every failure destroys what was built. From then on the target lives
 * here, and {@link CommittedDestination} goes on.
 */
final class IncomingMigration {
  private static final Logger LOG = LoggerFactory.getLogger(IncomingMigration.class);
  private static final int PAGE_THREADS = 3;

  private final SessionToken token;
  private final SessionConnections session;
  private final ControlChannel control;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final Consumer<Fate> ending;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final Tracer tracer = new Tracer("tracer of a restored process");
  private final StandbyThreads threads = new StandbyThreads(PAGE_THREADS);
  private @Nullable BlankProcess blank;
  private @Nullable RestoredProcess restored;
  private @Nullable PageFetcher fetcher;
  private @Nullable KeptDescriptors kept;
  private @Nullable EventJournal journal;
  private SessionNote note = SessionNote.none();
  private int pid;
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

  /** Go through it; failures end in the report and with the listener. */
  void run() {
    try (tracer;
        threads) {
      receive();
    } catch (Exception e) {
      listener.rejected("process " + pid + ": " + wordsOf(e), e);
    } finally {
      if (!committed) {
        ending.accept(Fate.ROLLED_BACK);
      }
      if (journal != null) {
        journal.close();
      }
      QuietClose.close(control.frames());
      ThreadPriority.reset(); // The thread goes back to its pool.
    }
  }

  private void receive() throws Exception {
    MigrationProposal proposal;
    long frozenNanos;
    try {
      proposal = agree();
      if (proposal == null) {
        return;
      }
      Announced announced = Announced.by(proposal);
      prepare(proposal, announced);
      frozenNanos = restore(proposal, announced);
      control.frames().receive(FrameType.COMMIT);
      note.committed();
    } catch (IOException | RuntimeException e) {
      rollBack(e);
      return;
    } catch (OutOfMemoryError e) {
      rollBack(new IOException(e.toString(), e));
      return;
    }
    committed = true; // Whatever happens now, the source must not hear that it may run on.
    run(proposal, frozenNanos);
  }

  private void rollBack(Exception failure) throws Exception {
    phases.end();
    if (fetcher != null) {
      fetcher.close();
    }
    tracer.run(this::destroy);
    control.tryAbort(wordsOf(failure));
    control.awaitPeerAfterAbort(); // The end of the session closes its connections.
    ending.accept(Fate.ROLLED_BACK);
    listener.finished(report.build());
    listener.rejected("process " + pid + " was not taken over: " + wordsOf(failure), failure);
  }

  private static String wordsOf(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private void destroy() {
    if (restored != null) {
      restored.destroy();
    } else if (blank != null) {
      blank.destroy();
    }
  }

  /** Answer proposals until there is nothing left to ask, and make the blank process. */
  private @Nullable MigrationProposal agree() throws Exception {
    phases.begin("prepare");
    control.frames().receiveTimeout(options.timeouts().prepare());
    MigrationProposal proposal;
    MigrationAnswer answer;
    boolean asked = false;
    boolean asksAgain;
    do {
      proposal = control.receive(FrameType.PREPARE, MigrationProposal.class);
      pid = proposal.pid();
      report.pid(pid).threads(proposal.threads()).mappings(proposal.mappings());
      // At once: the answer takes time, by which the target's clocks would fall behind.
      ClockShift clocks = proposal.clocks().shiftHere(Answerer.isSameHost(proposal));
      answer = Answerer.answer(proposal, options.policy());
      answer = asked ? answer.asTheLast() : answer;
      asked = true;
      asksAgain = answer.obstacles().isEmpty() && !answer.hashesWanted().isEmpty();
      if (answer.obstacles().isEmpty() && !asksAgain) {
        blank = tracer.call(() -> BlankProcess.create(pid, clocks, options.endWithReceiver()));
      }
      control.send(FrameType.PREPARED, MigrationAnswer.class, answer);
    } while (asksAgain);
    if (!answer.obstacles().isEmpty()) {
      answer.obstacles().forEach(obstacle -> report.refusal(Refusal.of(obstacle)));
      phases.end();
      listener.finished(report.outcome(Outcome.REFUSED).build());
      return null;
    }
    return proposal;
  }

  /** Build what is known before the freeze. */
  private void prepare(MigrationProposal proposal, Announced announced) throws Exception {
    ProcessPlan plan = control.receive(FrameType.PLAN, ProcessPlan.class);
    options.policy().check(plan);
    announced.check(plan);
    SourceVdso vdso = vdso(proposal);
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(blank().hostPid(), "status"));
    var inherited = IdentityReader.read(status, Credentials.secureBits());
    tracer.runUnhurried(() -> blank().prepare(plan, vdso, inherited));
    if (options.stateFolder().isPresent()) {
      kept = tracer.call(() -> blank().keep());
      journal = kept.openJournal(false);
    }
    ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS); // The freeze comes next.
    control.frames().send(FrameType.PLANNED);
  }

  private static SourceVdso vdso(MigrationProposal proposal) {
    return new SourceVdso(proposal.vdso(), Vdso.ofThisProcess().code());
  }

  private BlankProcess blank() {
    return Objects.requireNonNull(blank, "the blank process is made before it is used");
  }

  /** Build the process; returns the moment of the freeze on this host's clock. */
  private long restore(MigrationProposal proposal, Announced announced) throws Exception {
    var payload = control.frames().receive(FrameType.IMAGE).payload();
    long receivedNanos = System.nanoTime();
    phases.begin("restore");
    control.frames().receiveTimeout(options.timeouts().restore());
    FrozenTarget target = RecordCodec.of(FrozenTarget.class).decode(payload);
    ProcessPlan plan = blank().plan();
    ProcessImage image = target.completed(plan);
    options.policy().check(image);
    announced.check(image);
    MappingDifference difference =
        new MappingDifference(target.obsoleteMappings(plan), target.image().memory().mappings());
    RestoredProcess process =
        tracer.call(() -> RestoredProcess.begin(blank(), image, difference, vdso(proposal)));
    restored = process;
    Future<?> built = tracer.start(process::buildThreads);
    MemoryContents contents;
    try {
      contents = control.receive(FrameType.CONTENTS, MemoryContents.class);
      options.policy().check(contents);
      announced.check(contents);
      ContentWriter writer = process.fillMemory(contents);
      fetcher =
          PageFetcher.begin(
              session,
              options,
              process,
              image.memory(),
              contents,
              plan,
              threads,
              proposal.verify(),
              writer,
              Optional.ofNullable(journal),
              listener);
      writer.finish();
    } finally {
      Tracer.await(built);
    }
    tracer.run(() -> process.finish(contents.guards()));
    if (!RestoredProcess.mayRunEarly()) {
      fetcher.start();
      fetcher.await(false);
    }
    report
        .hostPid(process.hostPid())
        .threads(image.threads().size())
        .mappings(image.memory().mappings().size());
    note(proposal, process, image, fetcher);
    control.frames().receiveTimeout(options.timeouts().restore());
    control.send(
        FrameType.RESTORED,
        RestoredTarget.class,
        new RestoredTarget(process.hostPid(), process.warnings()));
    phases.begin("commit");
    return receivedNanos - target.nanosSinceFreeze();
  }

  /** Before COMMIT may come: another receiver must be able to deny that it did. */
  private void note(
      MigrationProposal proposal, RestoredProcess process, ProcessImage image, PageFetcher fetched)
      throws IOException {
    if (kept == null) {
      return;
    }
    ReceivedSession noted =
        new ReceivedSession(
            token.bytes(),
            SessionConnections.fingerprintOf(control.frames().identity()),
            pid,
            process.hostPid(),
            ReceivedSession.startTicksOf(process.hostPid()),
            HostIdentity.thisBootId(),
            image.threads().size(),
            image.memory().mappings().size(),
            proposal.verify(),
            fetched.described(),
            kept,
            false,
            Optional.empty());
    note = SessionNote.prepared(options.stateFolder().orElseThrow(), noted);
  }

  /** From here on the target lives on this host. */
  private void run(MigrationProposal proposal, long frozenNanos) throws Exception {
    RestoredProcess process = restored;
    PageFetcher pages = fetcher;
    if (process == null || pages == null) {
      throw new WireException("COMMIT before the process was restored");
    }
    RunningTarget target =
        new RunningTarget(pid, process, tracer, note, listener, report, phases, ending);
    CommittedDestination committed =
        new CommittedDestination(
            session,
            control,
            options,
            listener,
            process.pidfd(),
            pages,
            proposal.verify(),
            report,
            note);
    target.settle(
        pages,
        () -> {
          resume(process, pages, frozenNanos);
          target.fetch(committed);
        });
  }

  private void resume(RestoredProcess process, PageFetcher pages, long frozenNanos)
      throws Exception {
    Future<?> resumed = tracer.start(process::resume);
    if (RestoredProcess.mayRunEarly()) {
      pages.start(); // Beside the resume: whoever faults before waits in the kernel.
    }
    Tracer.await(resumed);
    report.downtime(Duration.ofNanos(System.nanoTime() - frozenNanos));
    phases.begin("post-copy");
    tellResumed();
    // Nobody waits for this thread any more, and the process needs processors.
    ThreadPriority.reset();
    listener.resumed(pid, process.hostPid());
  }

  private void tellResumed() {
    try {
      control.frames().send(FrameType.RESUMED);
    } catch (IOException e) {
      LOG.debug("the source comes back and asks", e);
    }
  }
}
