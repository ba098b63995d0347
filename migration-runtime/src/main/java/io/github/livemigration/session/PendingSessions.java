package io.github.livemigration.session;

import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Brings the connections of a session together. Thread-safe. */
final class PendingSessions {
  private final Map<SessionToken, Session> sessions = new ConcurrentHashMap<>();

  /** A session whose control connection is open. */
  final class Session implements AutoCloseable {
    private final SessionToken token;
    private final Map<ConnectionRole, CompletableFuture<FrameChannel>> connections =
        new EnumMap<>(ConnectionRole.class);

    private Session(SessionToken token) {
      this.token = token;
      connections.put(ConnectionRole.DEMAND, new CompletableFuture<>());
      connections.put(ConnectionRole.PUSH, new CompletableFuture<>());
    }

    /** Wait for a page connection. */
    FrameChannel await(ConnectionRole role, Duration timeout) throws IOException {
      try {
        return future(role).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new IOException("the sender did not open its " + role + " connection", e);
      } catch (ExecutionException e) {
        throw new IOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    private CompletableFuture<FrameChannel> future(ConnectionRole role) {
      CompletableFuture<FrameChannel> future = connections.get(role);
      if (future == null) {
        throw new IllegalArgumentException("no page connection: " + role);
      }
      return future;
    }

    /** Forget the session and close page connections that nobody has taken. */
    @Override
    public void close() {
      sessions.remove(token);
      for (CompletableFuture<FrameChannel> connection : connections.values()) {
        if (!connection.cancel(false)) {
          QuietClose.close(connection.join());
        }
      }
    }
  }

  /**
   * Open a session.
   *
   * @throws WireException where the token is in use
   */
  Session open(SessionToken token) throws WireException {
    Session session = new Session(token);
    if (sessions.putIfAbsent(token, session) != null) {
      throw new WireException("a session with this token is under way");
    }
    return session;
  }

  /** Hand a page connection to its session; false where no session waits for it. */
  boolean offer(SessionToken token, ConnectionRole role, FrameChannel channel) {
    Session session = sessions.get(token);
    return session != null && session.future(role).complete(channel);
  }
}
