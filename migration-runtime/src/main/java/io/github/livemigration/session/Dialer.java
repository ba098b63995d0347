package io.github.livemigration.session;

import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the connections of one session, at first and after one was lost. */
final class Dialer {
  private final InetSocketAddress destination;
  private final Timeouts timeouts;
  private final SessionToken token;

  Dialer(InetSocketAddress destination, Timeouts timeouts, SessionToken token) {
    this.destination = destination;
    this.timeouts = timeouts;
    this.token = token;
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
    FrameChannel channel = FrameChannel.connect(destination, timeouts.connect());
    try {
      channel.receiveTimeout(timeouts.connect());
      channel.send(FrameType.HELLO, new Hello(role, token).encode());
      check(HelloReply.decode(channel.receive(FrameType.HELLO_REPLY).payload()), channel.peer());
      return channel;
    } catch (IOException e) {
      QuietClose.close(channel);
      throw e;
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

  SessionToken token() {
    return token;
  }
}
