package io.github.livemigration.session;

import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.restore.BlankProcess;
import io.github.livemigration.restore.RestoredProcess;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One migration as the destination goes through it: answer, prepare, restore, resume, fetch,
 * complete, wait.
 *
 * <p>Until COMMIT has arrived every failure destroys what was built. From then on the target lives
 * here.
 */
final class IncomingMigration {
  private static final int PAGE_THREADS = 3;

  private final PendingSessions.Session session;
  private final ControlChannel control;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final MigrationReport.Builder report = MigrationReport.builder();
  private final PhaseClock phases;
  private final Tracer tracer = new Tracer("tracer of a restored process");
  private final StandbyThreads threads = new StandbyThreads(PAGE_THREADS);
  private @Nullable BlankProcess blank;
  private @Nullable RestoredProcess restored;
  private @Nullable PageFetcher fetcher;
  private int pid;

  IncomingMigration(
      PendingSessions.Session session,
      FrameChannel control,
      ReceiverOptions options,
      ReceiverListener listener) {
    this.session = session;
    this.control = new ControlChannel(control);
    this.options = options;
    this.listener = listener;
    this.phases = new PhaseClock(report, listener);
    report.outcome(Outcome.ROLLED_BACK).mode(MigrationMode.POST_COPY);
  }

  /** Go through it; failures end in the report and with the listener. */
  void run() {
    ThreadPriority.raise(ThreadPriority.Urgency.PROCESS_WAITS);
    try (tracer;
        threads) {
      RestoredProcess process = receive();
      if (process != null) {
        int status = tracer.call(process::awaitEnd);
        listener.ended(pid, status);
      }
    } catch (Exception e) {
      listener.rejected("process " + pid + ": " + wordsOf(e), e);
    } finally {
      QuietClose.close(control.frames());
      ThreadPriority.reset(); // The thread goes back to its pool.
    }
  }

  /** Returns the process once all its pages are here; null where the migration came to nothing. */
  private @Nullable RestoredProcess receive() throws Exception {
    try {
      MigrationProposal proposal = agree();
      if (proposal == null) {
        return null;
      }
      long frozenNanos = restore(proposal.verify());
      control.frames().receive(FrameType.COMMIT);
      return run(proposal, frozenNanos);
    } catch (IOException | RuntimeException e) {
      rollBack(e);
      return null;
    }
  }

  private void rollBack(Exception failure) throws Exception {
    phases.end();
    if (fetcher != null) {
      fetcher.close();
    }
    tracer.run(this::destroy);
    control.tryAbort(wordsOf(failure));
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
    control.frames().receiveTimeout(options.stepTimeout());
    MigrationProposal proposal;
    MigrationAnswer answer;
    do {
      proposal = control.receive(FrameType.PREPARE, MigrationProposal.class);
      pid = proposal.pid();
      report.pid(pid).threads(proposal.threads()).mappings(proposal.mappings());
      answer = Answerer.answer(proposal);
      if (answer.obstacles().isEmpty() && answer.hashesWanted().isEmpty()) {
        var clocks = proposal.clocks().shiftHere(Answerer.isSameHost(proposal));
        blank = tracer.call(() -> BlankProcess.create(pid, clocks, options.endWithReceiver()));
      }
      control.send(FrameType.PREPARED, MigrationAnswer.class, answer);
    } while (answer.obstacles().isEmpty() && !answer.hashesWanted().isEmpty());
    if (!answer.obstacles().isEmpty()) {
      answer.obstacles().forEach(obstacle -> report.refusal(Refusal.of(obstacle)));
      phases.end();
      listener.finished(report.outcome(Outcome.REFUSED).build());
      return null;
    }
    return proposal;
  }

  /** Build the process; returns the moment of the freeze on this host's clock. */
  private long restore(boolean verify) throws Exception {
    var payload = control.frames().receive(FrameType.IMAGE).payload();
    long receivedNanos = System.nanoTime();
    phases.begin("restore");
    FrozenTarget target = RecordCodec.of(FrozenTarget.class).decode(payload);
    ProcessImage image = target.image();
    BlankProcess ready = blank;
    if (ready == null) {
      throw new WireException("an image without a blank process");
    }
    RestoredProcess process = tracer.call(() -> RestoredProcess.begin(ready, image));
    restored = process;
    Future<?> finished = tracer.start(process::finish);
    try {
      process.fillMemory();
      fetcher = new PageFetcher(session, options, process, image, threads, verify, listener);
    } finally {
      Tracer.await(finished);
    }
    report
        .hostPid(process.hostPid())
        .threads(image.threads().size())
        .mappings(image.memory().mappings().size());
    control.send(
        FrameType.RESTORED,
        RestoredTarget.class,
        new RestoredTarget(process.hostPid(), process.warnings()));
    phases.begin("commit");
    return receivedNanos - target.nanosSinceFreeze();
  }

  /** From here on the target lives on this host. */
  private RestoredProcess run(MigrationProposal proposal, long frozenNanos) throws Exception {
    RestoredProcess process = restored;
    PageFetcher pages = fetcher;
    if (process == null || pages == null) {
      throw new WireException("COMMIT before the process was restored");
    }
    try (pages) {
      pages.start();
      tracer.run(process::resume);
      report.downtime(Duration.ofNanos(System.nanoTime() - frozenNanos));
      phases.begin("post-copy");
      control.frames().send(FrameType.RESUMED);
      listener.resumed(pid, process.hostPid());
      complete(pages.await(proposal.verify()));
    } catch (Exception e) {
      phases.end();
      // Memory that is missing for good must not read as zeros: the process ends instead.
      tracer.run(process::kill);
      listener.finished(report.outcome(Outcome.FAILED).build());
      throw e;
    }
    tracer.run(process::complete);
    phases.end();
    listener.finished(report.outcome(Outcome.COMPLETED).build());
    return process;
  }

  /**
   * Tell the source that nothing is needed from it any more.
   *
   * <p>A source that does not answer changes nothing here: every page has come, and it may have
   * killed its copy already. Only a source that finds the account wrong still has the true one.
   */
  private void complete(PageCompletion completion) throws IOException {
    phases.begin("complete");
    Reports.addPages(report, completion);
    CompletionVerdict verdict;
    try {
      control.frames().receiveTimeout(options.stepTimeout());
      control.send(FrameType.COMPLETE, PageCompletion.class, completion);
      verdict = control.receive(FrameType.COMPLETE_ACK, CompletionVerdict.class);
    } catch (IOException e) {
      listener.warned("the source did not confirm the end: " + wordsOf(e));
      return;
    }
    if (!verdict.accepted()) {
      throw new IOException("the source does not accept the completion: " + verdict.reason());
    }
  }
}
