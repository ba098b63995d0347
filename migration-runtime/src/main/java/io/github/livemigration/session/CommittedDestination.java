package io.github.livemigration.session;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.pages.PageConnectionLostException;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.PeerException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The destination's side of a session from the moment the target runs here.
 *
 * <pre>
 *   RUNNING ──last page──► ARRIVED ──COMPLETE_ACK──► COMPLETED
 *    │   ▲                    │ no answer in time: warn ──► COMPLETED
 *    │   └─ source is back    └ source rejects the account ─► FAILED
 *    │ patience is over
 *    ▼
 *   stopped by SIGSTOP until a page comes, still RUNNING to a source; source gives up ─► FAILED
 * </pre>
 *
 * <p>A source that refuses a page which it has announced has given up, whatever else it says.
 *
 * <p>In RUNNING and ARRIVED a lost connection changes nothing but that this side waits: threads
 * that miss a page stand still, all others run.
 */
final class CommittedDestination {
  private static final Logger LOG = LoggerFactory.getLogger(CommittedDestination.class);
  private static final Duration LAST_WORDS = Duration.ofMillis(500);
  private static final long NEVER_COUNTED = -1;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration FOR_EVER = Duration.ofDays(10_000);

  private final SessionConnections session;
  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final Pidfd process;
  private final PageFetcher pages;
  private final boolean verify;
  private final MigrationReport.Builder report;
  private final SessionNote note;
  private @Nullable ControlChannel control;
  private Fate state = Fate.RUNNING;
  private long lostNanos;
  private long arrived = NEVER_COUNTED;
  private boolean wasUseless;
  private boolean lost;
  private boolean stopped;
  private boolean continues;

  CommittedDestination(
      SessionConnections session,
      @Nullable ControlChannel control,
      ReceiverOptions options,
      ReceiverListener listener,
      Pidfd process,
      PageFetcher pages,
      boolean verify,
      MigrationReport.Builder report,
      SessionNote note) {
    this.session = session;
    this.control = control;
    this.options = options;
    this.listener = listener;
    this.process = process;
    this.pages = pages;
    this.verify = verify;
    this.report = report;
    this.note = note;
  }

  /** Begin with a process that another receiver has stopped, for {@link #goOn} to continue it. */
  void takeStopped() {
    stopped = true;
    continues = true;
  }

  private ControlChannel control() throws IOException {
    if (control == null) {
      throw new IOException("the source has not come yet");
    }
    return control;
  }

  /**
   * Fetch every page, however often the connections are lost.
   *
   * @return the account; either all pages are here or the process has ended
   * @throws IOException where the source has given up, or refuses what it has announced
   */
  PageCompletion fetch() throws IOException, InterruptedException {
    while (true) {
      try {
        if (stopped) {
          awaitPage();
        }
        return pages.await(verify);
      } catch (PageConnectionLostException e) {
        if (e.isRefusal()) {
          throw new IOException("the source refuses pages that it has announced: " + wordsOf(e), e);
        }
        if (awaitSource(e, pages::isComplete)) {
          reconnect();
        }
      }
    }
  }

  /**
   * A process that was stopped goes on when a page has come, and not when a source only says so.
   */
  private void awaitPage() throws PageConnectionLostException, InterruptedException {
    long before = pages.arrived();
    while (pages.arrived() == before && !pages.isComplete()) {
      pages.await(LOOK);
    }
    goOn();
  }

  private void reconnect() throws IOException, InterruptedException {
    try {
      FrameChannel demand = session.await(ConnectionRole.DEMAND, options.timeouts().connect());
      FrameChannel push = session.await(ConnectionRole.PUSH, options.timeouts().connect());
      pages.reconnect(demand, push);
      control().frames().send(FrameType.RESUMED);
      lost = false;
      listener.warned("the source is back; the missing pages are fetched again");
    } catch (IOException e) {
      LOG.debug("lost again", e);
    }
  }

  /**
   * Tell the source that nothing is needed from it any more.
   *
   * <p>A source that does not answer changes nothing here: every page has come, and it may have
   * killed its copy already. Only a source that finds the account wrong still has the true one.
   *
   * @throws IOException where the source rejects the account
   */
  void complete(PageCompletion completion) throws IOException {
    state = Fate.ARRIVED;
    arrived = NEVER_COUNTED;
    CompletionVerdict verdict = null;
    while (verdict == null) {
      try {
        ControlChannel channel = control();
        channel.frames().receiveTimeout(options.timeouts().restore());
        channel.send(FrameType.COMPLETE, PageCompletion.class, completion);
        verdict = channel.receive(FrameType.COMPLETE_ACK, CompletionVerdict.class);
      } catch (PeerException e) {
        listener.warned("the source did not confirm the end: " + wordsOf(e));
        return;
      } catch (IOException e) {
        if (!awaitSource(e, this::hasEnded)) {
          listener.warned("the source did not confirm the end: " + wordsOf(e));
          return;
        }
      }
    }
    if (!verdict.accepted()) {
      throw new IOException("the source does not accept the completion: " + verdict.reason());
    }
    try {
      control().send(FrameType.STATE, SessionState.class, new SessionState(Fate.COMPLETED));
    } catch (IOException e) {
      LOG.debug("the source asks again if it wants to know", e);
    }
  }

  /**
   * Wait until the source is back, and tell it where this side stands.
   *
   * @param pointless whether there is no need for it any more
   * @return whether it is back
   */
  private boolean awaitSource(IOException reason, BooleanSupplier pointless) throws IOException {
    if (!lost) {
      lost = true;
      countPatience();
      listener.warned("the connection to the source is lost, waiting for it: " + wordsOf(reason));
    }
    if (state == Fate.RUNNING) {
      hearLastWords();
    }
    session.cut();
    while (true) {
      Duration left =
          options.timeouts().outage().minusNanos(Math.max(0, System.nanoTime() - lostNanos));
      FrameChannel channel = session.awaitReplacement(left, pointless);
      if (channel == null && !pointless.getAsBoolean() && state == Fate.RUNNING) {
        stop();
        channel = session.awaitReplacement(FOR_EVER, pointless);
      }
      if (channel == null) {
        return false;
      }
      if (greet(channel)) {
        lost = state == Fate.RUNNING;
        if (!lost) {
          goOn();
        }
        return true;
      }
    }
  }

  /** Sources that come back again and again without a page are no better than one that is away. */
  private void countPatience() {
    long now = pages.arrived();
    boolean useless = now == arrived;
    if (!useless || !wasUseless) {
      lostNanos = System.nanoTime();
    }
    wasUseless = useless;
    arrived = now;
  }

  /** A source that has nothing to give any more says so before it closes the connection. */
  private void hearLastWords() throws IOException {
    try {
      FrameChannel channel = control().frames();
      channel.receiveTimeout(LAST_WORDS);
      channel.receive(FrameType.COMPLETE_ACK);
    } catch (PeerException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("no last words", e);
    }
  }

  private boolean greet(FrameChannel channel) throws PeerException {
    ControlChannel opened = new ControlChannel(channel);
    control = opened;
    try {
      channel.receiveTimeout(options.timeouts().restore());
      opened.send(FrameType.STATE, SessionState.class, new SessionState(state));
      if (state == Fate.RUNNING) {
        channel.receive(FrameType.COMMIT);
      }
      return true;
    } catch (PeerException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("lost again", e);
      return false;
    }
  }

  /** The source has not come back in time; the process must not depend on luck any longer. */
  private void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    continues = !isStopped(); // Its user may have stopped it.
    noteStopped(continues);
    signal(Signals.SIGSTOP);
    listener.finished(report.outcome(Outcome.FAILED).build());
    listener.warned(
        "the source has not come back within %d s, and process %d is stopped as it lacks pages; 'send --resume' on"
                .formatted(options.timeouts().outage().toSeconds(), process.pid())
            + " the source goes on, 'kill -KILL %d' gives the process up".formatted(process.pid()));
  }

  private void goOn() {
    if (stopped) {
      stopped = false;
      if (continues) {
        signal(Signals.SIGCONT);
        noteStopped(false);
      }
    }
  }

  private void noteStopped(boolean value) {
    try {
      note.stopped(value);
    } catch (IOException e) {
      LOG.warn("another receiver would not know that process {} is stopped", process.pid(), e);
    }
  }

  private boolean isStopped() {
    return !hasEnded() && AttachedProcess.isStopped(process.pid());
  }

  private void signal(int number) {
    try {
      Signals.kill(process.pid(), number);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
      LOG.debug("process {} has ended", process.pid(), e);
    }
  }

  private boolean hasEnded() {
    return process.hasExited();
  }

  private static String wordsOf(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
