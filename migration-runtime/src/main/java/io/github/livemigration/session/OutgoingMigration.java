package io.github.livemigration.session;

import io.github.livemigration.capture.CannotCarryException;
import io.github.livemigration.capture.FileKey;
import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.capture.ProcessReader;
import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Poll;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.PageChecksum;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageSource;
import io.github.livemigration.pages.ProcessPageSource;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.tracee.TraceeDiedException;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration as the source goes through it: propose, freeze, capture, send, commit, serve, end.
 *
 * <p>Until COMMIT is sent every failure lets the target run on. From then on the target never runs
 * here again: nobody can tell whether a COMMIT that was not answered has arrived.
 */
final class OutgoingMigration {
  private static final Logger LOG = LoggerFactory.getLogger(OutgoingMigration.class);
  private static final int PAGE_THREADS = 2;
  private static final int DYING_MILLIS = 2_000;

  /** More than most images need besides page content. */
  private static final int IMAGE_BYTES = 256 * 1024;

  private final SourceProcess source;
  private final SenderOptions options;
  private final MigrationListener listener;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final StandbyThreads threads = new StandbyThreads(PAGE_THREADS);
  private long freezeNanos;

  OutgoingMigration(SourceProcess source, SenderOptions options, MigrationListener listener) {
    this.source = source;
    this.options = options;
    this.listener = listener;
    this.phases = new PhaseClock(report, listener);
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
      opened = Connections.open(options);
    } catch (IOException e) {
      throw rolledBack("no receiver at " + options.destination() + ": " + e.getMessage(), e);
    }
    try (Connections connections = opened;
        threads) {
      ControlChannel control = new ControlChannel(connections.control());
      Set<FileKey> sameFiles = prepare(control, preflight, connections.roundTripNanos());
      return moveFrozen(connections, control, sameFiles);
    }
  }

  /** Look at the process; refuses what cannot be carried. */
  Preflight preflight() throws MigrationException {
    phases.begin("preflight");
    Preflight preflight;
    try {
      preflight = source.preflight();
    } catch (SystemCallException e) {
      throw rolledBack("process " + source.pid() + " cannot be looked at: " + e.getMessage(), e);
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
      Proposer proposer = new Proposer(preflight, options.verify(), roundTripNanos);
      MigrationAnswer answer = proposer.propose(control, Set.of());
      if (!answer.hashesWanted().isEmpty()) {
        answer = proposer.propose(control, new HashSet<>(answer.hashesWanted()));
      }
      refuseFor(answer.obstacles());
      return preflight.mappedFiles().keysOf(new HashSet<>(answer.sameFiles()));
    } catch (IOException | SystemCallException e) {
      throw rolledBack("the receiver could not prepare: " + e.getMessage(), e);
    }
  }

  private MigrationReport moveFrozen(
      Connections connections, ControlChannel control, Set<FileKey> sameFiles)
      throws MigrationException {
    ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
    try {
      return move(connections, control, sameFiles);
    } finally {
      ThreadPriority.reset();
    }
  }

  private MigrationReport move(
      Connections connections, ControlChannel control, Set<FileKey> sameFiles)
      throws MigrationException {
    FrozenProcess process = freeze();
    Sent sent;
    try {
      sent = sendImage(connections, control, process, sameFiles);
    } catch (CannotCarryException e) {
      thaw(process, e);
      refuseFor(e.obstacles());
      throw new IllegalStateException("refused without a reason", e);
    } catch (Exception e) {
      thaw(process, e);
      throw rolledBack(wordsFor(e), e);
    }
    try (PageService service = sent.service()) {
      try {
        awaitRestored(control, process);
      } catch (Exception e) {
        thaw(process, e);
        throw rolledBack(wordsFor(e), e);
      }
      return commit(control, process, sent.pages(), service);
    } catch (MigrationException e) {
      throw e;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private record Sent(PageMap pages, PageService service) {}

  private Sent sendImage(
      Connections connections,
      ControlChannel control,
      FrozenProcess process,
      Set<FileKey> sameFiles)
      throws Exception {
    ProcessImage image = capture(process, sameFiles);
    phases.begin("restore");
    control.send(
        FrameType.IMAGE,
        FrozenTarget.class,
        new FrozenTarget(image, System.nanoTime() - freezeNanos),
        expectedBytes(image));
    PageMap pages = PageMap.ofRanges(image.memory().pagesToCome());
    return new Sent(
        pages,
        new PageService(connections, pages, new ProcessPageSource(process.memory()), threads));
  }

  private static int expectedBytes(ProcessImage image) {
    int bytes = IMAGE_BYTES;
    for (PageContents contents : image.memory().eagerPages()) {
      bytes += contents.bytes().length;
    }
    return bytes;
  }

  private void awaitRestored(ControlChannel control, FrozenProcess process) throws Exception {
    RestoredTarget restored = control.receive(FrameType.RESTORED, RestoredTarget.class);
    restored.warnings().forEach(listener::warned);
    phases.begin("commit");
    source.tracer().run(process::hold);
    if (!source.tracer().call(process::isStopped)) {
      awaitEnd();
      throw new IOException("the target ended while it was frozen");
    }
  }

  private static String wordsFor(Exception e) {
    if (e instanceof TraceeDiedException) {
      return "the target ended while it was captured: " + e.getMessage();
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private FrozenProcess freeze() throws MigrationException {
    phases.begin("freeze");
    freezeNanos = System.nanoTime();
    try {
      return source.freeze();
    } catch (Exception e) {
      throw rolledBack("process " + source.pid() + " could not be frozen: " + wordsFor(e), e);
    }
  }

  private ProcessImage capture(FrozenProcess process, Set<FileKey> sameFiles) throws Exception {
    phases.begin("capture");
    ProcessImage image = source.tracer().call(() -> new ProcessReader(process, sameFiles).read());
    long pages = image.memory().pagesToCome().stream().mapToLong(AddressRange::pageCount).sum();
    report
        .threads(image.threads().size())
        .mappings(image.memory().mappings().size())
        .residentBytes(pages * AddressRange.PAGE_BYTES);
    return image;
  }

  private void thaw(FrozenProcess process, Exception failure) {
    try {
      source.thaw(process);
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private MigrationReport commit(
      ControlChannel control, FrozenProcess process, PageMap pages, PageService service)
      throws Exception {
    control.frames().send(FrameType.COMMIT);
    control.frames().receive(FrameType.RESUMED);
    report.downtime(Duration.ofNanos(System.nanoTime() - freezeNanos));
    ThreadPriority.reset();
    phases.begin("post-copy");
    control.frames().receiveTimeout(Duration.ZERO);
    PageCompletion completion = control.receive(FrameType.COMPLETE, PageCompletion.class);
    phases.begin("complete");
    CompletionVerdict verdict = judge(completion, pages, new ProcessPageSource(process.memory()));
    if (!verdict.accepted()) {
      control.send(FrameType.COMPLETE_ACK, CompletionVerdict.class, verdict);
      throw new IOException(verdict.reason());
    }
    service.close();
    source.tracer().run(process::end);
    control.send(FrameType.COMPLETE_ACK, CompletionVerdict.class, verdict);
    Reports.addPages(report, completion);
    phases.end();
    return report.outcome(Outcome.COMPLETED).build();
  }

  private CompletionVerdict judge(PageCompletion completion, PageMap pages, PageSource memory) {
    if (completion.totalPages() != pages.pageCount()
        || completion.accountedPages() != pages.pageCount()) {
      return new CompletionVerdict(
          false,
          "the destination accounts for %d pages of %d; %d were to come"
              .formatted(completion.accountedPages(), completion.totalPages(), pages.pageCount()));
    }
    if (completion.processEnded()) {
      return new CompletionVerdict(true, "");
    }
    if (completion.missingPages() != 0) {
      return new CompletionVerdict(false, completion.missingPages() + " pages are still missing");
    }
    if (options.verify()) {
      PageChecksum own = PageChecksum.over(pages, memory);
      if (own.value() != completion.checksum()
          || own.pageCount() != completion.checksummedPages()) {
        return new CompletionVerdict(false, "page content differs between source and destination");
      }
    }
    return new CompletionVerdict(true, "");
  }

  private MigrationRolledBackException rolledBack(String words, @Nullable Exception cause) {
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
   * Give a process that was killed the time to end: a while before it has, it is not traced any
   * more and its memory is gone.
   */
  private void awaitEnd() {
    try (Pidfd process = Pidfd.open(source.pid())) {
      new Poll(process.number()).await(DYING_MILLIS);
    } catch (SystemCallException e) {
      LOG.debug("process {} is gone", source.pid(), e);
    }
  }

  private boolean hasEnded() {
    try {
      char state = ProcessStatus.parse(ProcFs.read(source.pid(), "status")).state();
      return state == 'Z' || state == 'X';
    } catch (SystemCallException e) {
      return true;
    }
  }

  private MigrationFailedException failed(Exception cause) {
    phases.end();
    awaitEnd();
    String here =
        hasEnded()
            ? "process %1$d has ended here, and what it still had of its memory is lost"
            : "process %1$d is kept stopped here. If the destination does not run it, 'kill -CONT %1$d' continues"
                + " it here, 'kill -KILL %1$d' gives it up";
    return new MigrationFailedException(
        "after the point of no return: " + wordsFor(cause) + "; " + here.formatted(source.pid()),
        report.outcome(Outcome.FAILED).build(),
        cause);
  }
}
