package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.pages.PageChecksum;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.ProcessPageSource;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's side of a session from COMMIT on.
 *
 * <pre>
 *   IN_DOUBT ──RESUMED, or STATE says RUNNING──► SERVING ──COMPLETE──► ENDED ──STATE COMPLETED──► over
 *       └─ STATE says ROLLED_BACK: the process runs on here
 * </pre>
 *
 * <p>In each state a lost connection is dialled again, for as long as the patience lasts: the
 * destination listens anyway, so nothing has to be reachable on this side. Then the destination
 * tells in STATE what it knows. When the patience is over the process stays stopped, and its
 * session's file lets another sender go on.
 */
final class CommittedSource {
  private static final Logger LOG = LoggerFactory.getLogger(CommittedSource.class);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  /** What this side knows. */
  private enum State {
    IN_DOUBT,
    SERVING,
    ENDED
  }

  /** Whether the link is there again, or the session is over. */
  private enum Again {
    LINKED,
    OVER
  }

  private final SourceProcess source;
  private final FrozenProcess process;
  private final PageMap pages;
  private SavedSession saved;
  private final Dialer dialer;
  private final SessionFile file;
  private final StandbyThreads threads;
  private final MigrationListener listener;
  private final MigrationReport.Builder report;
  private final PhaseClock phases;
  private final SourceFate fate;
  private final Runnable onResumed;
  private State state = State.IN_DOUBT;
  private @Nullable PageService service;
  private @Nullable ControlChannel control;
  private @Nullable CompletionVerdict verdict;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private long linkedNanos = System.nanoTime();
  private long lostNanos;
  private boolean useful;
  private boolean wasUseless;

  CommittedSource(
      SourceProcess source,
      FrozenProcess process,
      PageMap pages,
      SavedSession saved,
      Dialer dialer,
      SessionFile file,
      StandbyThreads threads,
      MigrationListener listener,
      MigrationReport.Builder report,
      PhaseClock phases,
      SourceFate fate,
      Runnable onResumed) {
    this.source = source;
    this.process = process;
    this.pages = pages;
    this.saved = saved;
    this.dialer = dialer;
    this.file = file;
    this.threads = threads;
    this.listener = listener;
    this.report = report;
    this.phases = phases;
    this.fate = fate;
    this.onResumed = onResumed;
  }

  /** Say COMMIT over connections that are there, and go on to the end of the session. */
  MigrationReport commit(ControlChannel channel, PageService pageService)
      throws MigrationException {
    control = channel;
    service = pageService;
    return converse(true);
  }

  /** Go on with a session whose sender has died. */
  MigrationReport resume() throws MigrationException {
    phases.begin("post-copy");
    return converse(false);
  }

  private MigrationReport converse(boolean linked) throws MigrationException {
    try {
      boolean again = linked || redial(null) == Again.LINKED;
      while (again) {
        try {
          talk();
          again = false;
        } catch (IOException e) {
          again = redial(e) == Again.LINKED;
        }
      }
    } catch (MigrationException e) {
      throw e;
    } catch (Exception | OutOfMemoryError e) {
      throw fate.failed(SourceFate.wordsFor(e), kept(), e);
    } finally {
      hangUp();
    }
    file.delete();
    phases.end();
    return report.outcome(Outcome.COMPLETED).build();
  }

  private ControlChannel control() throws IOException {
    if (control == null) {
      throw new IOException("no connection");
    }
    return control;
  }

  /** Everything from COMMIT on, over one link. */
  private void talk() throws Exception {
    ControlChannel channel = control();
    if (service != null) {
      channel.frames().send(FrameType.COMMIT);
      service.takeAlong(channel.frames());
      channel.frames().receive(FrameType.RESUMED);
      if (state == State.IN_DOUBT) {
        state = State.SERVING;
        onResumed.run();
        park();
      }
    }
    channel.frames().receiveTimeout(Duration.ZERO);
    PageCompletion completion = channel.receive(FrameType.COMPLETE, PageCompletion.class);
    CompletionVerdict judged = judgeOnce(completion);
    if (service != null) {
      service.close();
    }
    if (judged.accepted()) {
      end(completion);
    }
    channel.frames().receiveTimeout(dialer.timeouts().restore());
    channel.send(FrameType.COMPLETE_ACK, CompletionVerdict.class, judged);
    if (!judged.accepted()) {
      throw fate.failed(judged.reason(), kept(), null);
    }
    channel.receive(FrameType.STATE, SessionState.class);
  }

  /** From now on it is certain that the process never runs here again. */
  private void park() throws Exception {
    if (!saved.parked().isEmpty()) {
      return;
    }
    try {
      SavedSession parked = saved.withParked(source.tracer().call(process::describeForParking));
      file.write(parked);
      saved = parked;
      source.tracer().run(process::park);
    } catch (IOException e) {
      listener.warned("a SIGCONT would let the frozen process run: " + SourceFate.wordsFor(e));
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
      LOG.debug("killed meanwhile, as is going to be noticed", e);
    }
  }

  private CompletionVerdict judgeOnce(PageCompletion completion) {
    CompletionVerdict judged = verdict;
    if (judged == null) {
      phases.begin("complete");
      judged = judge(completion);
      verdict = judged;
    }
    return judged;
  }

  private CompletionVerdict judge(PageCompletion completion) {
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
    if (saved.verify()) {
      PageChecksum own = PageChecksum.over(pages, new ProcessPageSource(process.memory()));
      if (own.value() != completion.checksum()
          || own.pageCount() != completion.checksummedPages()) {
        return new CompletionVerdict(false, "page content differs between source and destination");
      }
    }
    return new CompletionVerdict(true, "");
  }

  private void end(PageCompletion completion) throws Exception {
    if (state != State.ENDED) {
      source.tracer().run(process::end);
      state = State.ENDED;
      if (completion.processEnded()) {
        listener.warned(
            "the process has ended on the destination, before all of its pages had come");
      }
      Reports.addPages(report, completion);
    }
  }

  private void hangUp() {
    if (service != null) {
      service.close();
      useful |= service.wasUseful();
      service = null;
    }
    if (control != null) {
      QuietClose.close(control.frames());
      control = null;
    }
  }

  /** Dial until there is a link again or the session turns out to be over. */
  private Again redial(@Nullable IOException reason) throws Exception {
    hangUp();
    Duration patience =
        state == State.ENDED ? dialer.timeouts().restore() : dialer.timeouts().outage();
    countPatience();
    long deadline =
        state == State.ENDED
            ? System.nanoTime() + patience.toNanos()
            : lostNanos + patience.toNanos();
    if (reason != null) {
      if (System.nanoTime() > deadline) {
        return giveUp("no page was served for", patience, reason);
      }
      listener.warned(
          "the connection to the destination is lost, dialling again: "
              + SourceFate.wordsFor(reason));
      pauseUnlessItWasGood();
    }
    while (true) {
      try {
        return dial();
      } catch (Dialer.UnknownSessionException e) {
        if (state == State.ENDED) {
          return Again.OVER;
        }
        throw fate.failed(SourceFate.wordsFor(e), kept(), e);
      } catch (IOException e) {
        hangUp();
        if (System.nanoTime() > deadline) {
          return giveUp("no connection for", patience, e);
        }
      }
      pause();
    }
  }

  /** Links that break again and again before a page is served are no better than none. */
  private void countPatience() {
    if (useful || !wasUseless) {
      lostNanos = System.nanoTime();
    }
    wasUseless = !useful;
    useful = false;
  }

  private Again giveUp(String what, Duration patience, IOException last) throws MigrationException {
    if (state == State.ENDED) {
      listener.warned("the destination did not confirm the end: " + SourceFate.wordsFor(last));
      return Again.OVER;
    }
    throw fate.failed(
        "%s %d s: %s".formatted(what, patience.toSeconds(), SourceFate.wordsFor(last)),
        kept(),
        last);
  }

  private Again dial() throws Exception {
    FrameChannel channel = dialer.connect(ConnectionRole.RESUME);
    ControlChannel opened = new ControlChannel(channel);
    control = opened;
    channel.receiveTimeout(dialer.timeouts().restore());
    Fate there = opened.receive(FrameType.STATE, SessionState.class).fate();
    if (state != State.ENDED && there != Fate.COMPLETED && fate.hasEnded()) {
      opened.tryAbort("the source process has ended, and its memory is lost");
      throw fate.failed("the source process was killed", kept(), null);
    }
    return switch (there) {
      case RUNNING -> {
        Connections link = Connections.withPages(dialer, channel);
        service = new PageService(link, pages, new ProcessPageSource(process.memory()), threads);
        linkedNanos = System.nanoTime();
        yield Again.LINKED;
      }
      case ARRIVED -> Again.LINKED;
      case COMPLETED -> {
        if (state != State.ENDED) {
          listener.warned("the destination has everything, and has not waited for a last check");
          source.tracer().run(process::end);
        }
        yield Again.OVER;
      }
      case ROLLED_BACK -> throw rollBack();
      case FAILED -> throw onlyCopy();
    };
  }

  /** The state of the freeze is all that is left. */
  private MigrationException onlyCopy() throws Exception {
    source.tracer().run(() -> process.unpark(saved.parked()));
    return fate.failed(
        "the destination has given up and killed its copy",
        "'kill -CONT %1$d' continues it as it was when it was frozen, 'kill -KILL %1$d' gives it up",
        null);
  }

  /** COMMIT has not arrived, so this is the only copy. */
  private MigrationException rollBack() throws Exception {
    if (state != State.IN_DOUBT) {
      return fate.failed("the destination denies that it runs the process", kept(), null);
    }
    source.tracer().run(process::unhold);
    source.thaw(process);
    file.delete();
    return fate.rolledBack("the connection was lost before COMMIT arrived", null);
  }

  /** A link that breaks as soon as it is there is dialled ever more slowly. */
  private void pauseUnlessItWasGood() throws InterruptedException {
    if (System.nanoTime() - linkedNanos > TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS)) {
      pauseMillis = FIRST_PAUSE_MILLIS;
    } else {
      pause();
    }
  }

  private void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(pauseMillis);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
  }

  private String kept() {
    return "'migrate.jar send --resume "
        + file.name()
        + "' goes on with it, 'kill -KILL %1$d' gives it up";
  }
}
