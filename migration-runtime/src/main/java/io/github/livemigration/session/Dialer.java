package io.github.livemigration.session;

import io.github.livemigration.wire.ConnectionClosedException;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.PeerIdentity;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.TlsKeys;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes the connections of one session, at first and after one was lost. Under TLS all of them must
 * lead to the same receiver, by its certificate.
 */
final class Dialer {
  private final InetSocketAddress destination;
  private final Timeouts timeouts;
  private final Optional<TlsKeys> keys;
  private final SessionToken token;
  private String receiver;

  private Dialer(
      InetSocketAddress destination, SenderOptions options, SessionToken token, String receiver) {
    this.destination = destination;
    this.timeouts = options.timeouts();
    this.keys = options.keys();
    this.token = token;
    this.receiver = receiver;
  }

  static Dialer ofNewSession(SenderOptions options) {
    return new Dialer(options.destination(), options, SessionToken.random(), "");
  }

  /**
   * Prepare to come back to a session.
   *
   * @throws IOException where the session was under TLS and now would not be
   */
  static Dialer of(SavedSession session, SenderOptions options) throws IOException {
    if (options.keys().isPresent() == session.receiver().isEmpty()) {
      throw new IOException(
          session.receiver().isEmpty()
              ? "the session was begun without keys, and goes on without"
              : "the session was begun under TLS; give the keys again");
    }
    return new Dialer(session.destination(), options, session.sessionToken(), session.receiver());
  }

  /** The receiver answers, and knows nothing of the session. */
  static final class UnknownSessionException extends IOException {
    private static final long serialVersionUID = 1L;

    private UnknownSessionException(String message) {
      super(message);
    }
  }

  /**
   * Connect and greet.
   *
   * @throws UnknownSessionException where the receiver has no such session
   */
  FrameChannel connect(ConnectionRole role) throws IOException {
    FrameChannel channel = FrameChannel.connect(destination, timeouts.connect(), keys);
    try {
      checkSameReceiver(channel);
      channel.receiveTimeout(timeouts.connect());
      channel.send(FrameType.HELLO, new Hello(role, token).encode());
      check(HelloReply.decode(channel.receive(FrameType.HELLO_REPLY).payload()), channel.peer());
      return channel;
    } catch (ConnectionClosedException e) {
      QuietClose.close(channel);
      throw notGreeted(e, channel);
    } catch (IOException e) {
      QuietClose.close(channel);
      throw e;
    }
  }

  /** Under TLS 1.3 a client learns only now, if at all, that the server refuses its certificate. */
  private IOException notGreeted(ConnectionClosedException e, FrameChannel channel) {
    if (keys.isPresent()) {
      return new WireException(
          "receiver %s does not greet after the TLS handshake; it may not accept the key of this side (%s)"
              .formatted(channel.peer(), e.getMessage()));
    }
    return e.clean()
        ? e
        : new WireException(
            "receiver %s does not greet in the clear; it may want --keystore and --truststore"
                .formatted(channel.peer()));
  }

  private void checkSameReceiver(FrameChannel channel) throws WireException {
    Optional<PeerIdentity> identity = channel.identity();
    if (identity.isEmpty()) {
      return;
    }
    if (!identity.get().isValidAt(Instant.now())) {
      throw new WireException(
          "the certificate of receiver %s has expired or is not valid yet: %s"
              .formatted(channel.peer(), identity.get()));
    }
    if (receiver.isEmpty()) {
      receiver = identity.get().fingerprint();
    } else if (!receiver.equals(identity.get().fingerprint())) {
      throw new WireException(
          "receiver %s is another one than before: %s".formatted(channel.peer(), identity.get()));
    }
  }

  private static void check(HelloReply reply, String peer) throws IOException {
    if (reply.status() == HelloReply.Status.ACCEPTED) {
      return;
    }
    String words = "receiver " + peer + " answered " + reply.status() + ": " + reply.reason();
    if (reply.status() == HelloReply.Status.UNKNOWN_SESSION) {
      throw new UnknownSessionException(words);
    }
    throw new WireException(words);
  }

  Timeouts timeouts() {
    return timeouts;
  }

  InetSocketAddress destination() {
    return destination;
  }

  /** Returns the fingerprint of the receiver's certificate; empty without TLS. */
  String receiver() {
    return receiver;
  }

  SessionToken token() {
    return token;
  }
}
