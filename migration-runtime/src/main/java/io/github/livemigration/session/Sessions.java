package io.github.livemigration.session;

import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.PeerIdentity;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a receiver, the last of those that are over among them: a sender that does not
 * know whether its COMMIT has arrived asks. Thread-safe.
 */
final class Sessions {
  private static final int KEPT = 1024;

  private final Map<SessionToken, SessionConnections> underWay = new HashMap<>();
  private final Map<SessionToken, SessionConnections> over =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionToken, SessionConnections> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Begin a session.
   *
   * @throws WireException where the token is in use
   */
  SessionConnections begin(SessionToken token, FrameChannel control) throws WireException {
    return begin(token, new SessionConnections(control));
  }

  /**
   * Go on with a session of another receiver, which has died.
   *
   * @param sender fingerprint of the certificate that it was begun with; empty without TLS
   * @throws WireException where the token is in use
   */
  SessionConnections takeUp(SessionToken token, String sender) throws WireException {
    return begin(token, new SessionConnections(sender));
  }

  private synchronized SessionConnections begin(SessionToken token, SessionConnections session)
      throws WireException {
    if (underWay.containsKey(token) || over.containsKey(token)) {
      throw new WireException("a session with this token is under way or over");
    }
    underWay.put(token, session);
    return session;
  }

  /** Hand a page connection to its session; false where no session waits for it. */
  boolean offer(SessionToken token, ConnectionRole role, FrameChannel channel) {
    SessionConnections session = find(token, channel.identity());
    return session != null && session.offer(role, channel);
  }

  /**
   * Find a session, under way or over.
   *
   * @param sender who asks: the token alone does not do, under TLS it must be the certificate that
   *     the session was begun with
   */
  synchronized @Nullable SessionConnections find(
      SessionToken token, Optional<PeerIdentity> sender) {
    SessionConnections session =
        underWay.containsKey(token) ? underWay.get(token) : over.get(token);
    return session != null && session.isOf(sender) ? session : null;
  }

  /** Returns whether there is a session that is not over. */
  synchronized boolean areUnderWay() {
    return !underWay.isEmpty();
  }

  /** End a session; harmless when repeated. */
  synchronized void end(SessionToken token, Fate fate) {
    SessionConnections session = underWay.remove(token);
    if (session != null) {
      session.end(fate);
      over.put(token, session);
    }
  }
}
