package io.github.livemigration.session;

import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.PeerIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one session as they come to the receiver. Thread-safe.
 *
 * <p>All connections of a session live and die together: a sender that comes back with a new
 * control connection has given up the others, so they are closed here as well.
 */
final class SessionConnections {
  private static final Logger LOG = LoggerFactory.getLogger(SessionConnections.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Map<ConnectionRole, FrameChannel> offered = new EnumMap<>(ConnectionRole.class);
  private final Map<ConnectionRole, FrameChannel> taken = new EnumMap<>(ConnectionRole.class);
  private final String sender;
  private @Nullable FrameChannel control;
  private @Nullable FrameChannel replacement;
  private @Nullable Fate fate;

  SessionConnections(FrameChannel control) {
    this(fingerprintOf(control.identity()));
    this.control = control;
  }

  /**
   * Begin without a connection: the sender has to come back.
   *
   * @param sender fingerprint of its certificate; empty without TLS
   */
  SessionConnections(String sender) {
    this.sender = sender;
  }

  static String fingerprintOf(Optional<PeerIdentity> identity) {
    return identity.map(PeerIdentity::fingerprint).orElse("");
  }

  /** Hand in a page connection; false where the session waits for none. */
  synchronized boolean offer(ConnectionRole role, FrameChannel channel) {
    if (fate != null || offered.containsKey(role)) {
      return false;
    }
    offered.put(role, channel);
    notifyAll();
    return true;
  }

  /** Wait for a page connection. */
  synchronized FrameChannel await(ConnectionRole role, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    FrameChannel channel = offered.remove(role);
    while (channel == null) {
      if (!waitUntil(deadline)) {
        throw new IOException("the sender did not open its " + role + " connection");
      }
      channel = offered.remove(role);
    }
    taken.put(role, channel);
    return channel;
  }

  /** Returns whether a certificate, or none, is what the session was begun with. */
  boolean isOf(Optional<PeerIdentity> identity) {
    return sender.equals(fingerprintOf(identity));
  }

  /**
   * Hand in a control connection in place of a lost one; where the session is over it is told how
   * it has ended.
   */
  synchronized void rejoin(FrameChannel channel) {
    if (fate != null) {
      tell(channel, fate);
      return;
    }
    cut();
    if (replacement != null) {
      QuietClose.close(replacement);
    }
    replacement = channel;
    notifyAll();
  }

  /** Close whatever is open: whoever uses it notices. */
  synchronized void cut() {
    if (control != null) {
      QuietClose.close(control);
    }
    taken.values().forEach(QuietClose::close);
    offered.values().forEach(QuietClose::close);
    taken.clear();
    offered.clear();
  }

  /**
   * Wait for the sender to come back.
   *
   * @param pointless looked at from time to time: whether to stop waiting
   * @return the new control connection, or null
   */
  synchronized @Nullable FrameChannel awaitReplacement(Duration timeout, BooleanSupplier pointless)
      throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (replacement == null) {
      long now = System.nanoTime();
      if (now >= deadline || pointless.getAsBoolean()) {
        return null;
      }
      waitUntil(Math.min(deadline, now + LOOK_NANOS));
    }
    FrameChannel channel = replacement;
    control = channel;
    replacement = null;
    return channel;
  }

  /** Returns false once the deadline is over. */
  private boolean waitUntil(long deadline) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return true;
  }

  /**
   * End the session, tell a sender that is just coming back, and close all connections.
   *
   * @param ending the first one given counts
   */
  synchronized void end(Fate ending) {
    if (fate != null) {
      return;
    }
    fate = ending;
    cut();
    control = null;
    if (replacement != null) {
      tell(replacement, ending);
      replacement = null;
    }
  }

  /** Say how a session has ended, and nothing more. */
  private static void tell(FrameChannel channel, Fate ending) {
    try {
      new ControlChannel(channel)
          .send(FrameType.STATE, SessionState.class, new SessionState(ending));
    } catch (IOException e) {
      // The sender asks again, or does not want to know.
      LOG.debug("telling the end", e);
    } finally {
      QuietClose.close(channel);
    }
  }
}
