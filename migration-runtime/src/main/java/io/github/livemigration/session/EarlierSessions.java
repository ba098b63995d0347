package io.github.livemigration.session;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Poll;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.restore.KeptProcess;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The sessions that a receiver which has died left in a folder, as the next one finds them. */
final class EarlierSessions {
  /** How long a source may be in doubt what has become of its process. */
  private static final Duration REMEMBERED = Duration.ofDays(1);

  private final ReceiverState state;
  private final Sessions sessions;
  private final ReceiverOptions options;
  private final ReceiverListener listener;

  EarlierSessions(
      ReceiverState state, Sessions sessions, ReceiverOptions options, ReceiverListener listener) {
    this.state = state;
    this.sessions = sessions;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Know all sessions again. To be called before senders are let in, as they take a session that is
   * not known for lost.
   *
   * @param threads that go on with them
   */
  void takeUp(Executor threads) throws IOException {
    for (Path path : state.notes()) {
      try {
        takeUp(SessionNote.found(path), threads);
      } catch (IOException | RuntimeException e) {
        listener.rejected(
            "the session noted in " + path + " is not taken up: " + e.getMessage(), e);
      }
    }
  }

  private void takeUp(SessionNote note, Executor threads) throws IOException {
    ReceivedSession session = note.session();
    SessionToken token = session.sessionToken();
    if (!note.isCommitted()) {
      // It has not run: the kernel kills it with its tracer, though not at once.
      endPrepared(session);
      end(note, Fate.ROLLED_BACK);
      return;
    }
    if (!session.isThere()) {
      listener.warned(session + " is over: its process is not there any more");
      end(note, session.completion().isPresent() ? Fate.COMPLETED : Fate.FAILED);
      return;
    }
    KeptProcess process = KeptProcess.take(session.hostPid(), session.kept());
    if (!session.isThere()) { // Now that its ids cannot become other processes'.
      process.close();
      throw new IOException("its process has just ended");
    }
    SessionConnections connections = sessions.takeUp(token, session.sender());
    TakenUpSession taken =
        new TakenUpSession(
            process, connections, note, options, listener, fate -> sessions.end(token, fate));
    threads.execute(taken::run);
  }

  /** The source may still ask, for a day. */
  private void end(SessionNote note, Fate fate) throws IOException {
    ReceivedSession session = note.session();
    sessions.takeUp(session.sessionToken(), session.sender());
    sessions.end(session.sessionToken(), fate);
    if (note.isOlderThan(REMEMBERED)) {
      note.forget();
    }
  }

  private static void endPrepared(ReceivedSession session) {
    try (Pidfd process = Pidfd.open(session.hostPid())) {
      if (session.isThere()) { // Now that its id cannot become another process's.
        process.sendSignal(Signals.SIGKILL);
        new Poll(process.number()).await(-1);
      }
    } catch (SystemCallException e) {
      if (session.isThere()) {
        throw e;
      }
    }
  }
}
