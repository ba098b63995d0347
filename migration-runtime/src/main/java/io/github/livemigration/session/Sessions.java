package io.github.livemigration.session;

import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a receiver, and how the last of those that are over have ended: a sender that
 * does not know whether its COMMIT has arrived asks. Thread-safe.
 */
final class Sessions {
  private static final int FATES_KEPT = 1024;

  private final Map<SessionToken, SessionConnections> underWay = new HashMap<>();
  private final Map<SessionToken, Fate> over =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionToken, Fate> eldest) {
          return size() > FATES_KEPT;
        }
      };

  /**
   * Begin a session.
   *
   * @throws WireException where the token is in use
   */
  synchronized SessionConnections begin(SessionToken token, FrameChannel control)
      throws WireException {
    if (underWay.containsKey(token) || over.containsKey(token)) {
      throw new WireException("a session with this token is under way or over");
    }
    SessionConnections session = new SessionConnections(control);
    underWay.put(token, session);
    return session;
  }

  /** Hand a page connection to its session; false where no session waits for it. */
  boolean offer(SessionToken token, ConnectionRole role, FrameChannel channel) {
    SessionConnections session = find(token);
    return session != null && session.offer(role, channel);
  }

  synchronized @Nullable SessionConnections find(SessionToken token) {
    return underWay.get(token);
  }

  /** Returns how a session has ended, if that is known. */
  synchronized Optional<Fate> fateOf(SessionToken token) {
    return Optional.ofNullable(over.get(token));
  }

  /** End a session; harmless when repeated. */
  synchronized void end(SessionToken token, Fate fate) {
    SessionConnections session = underWay.get(token);
    if (session != null) {
      over.put(token, session.end(fate));
      underWay.remove(token);
    }
  }
}
