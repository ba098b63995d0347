package io.github.livemigration.session;

import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** A source that comes back and asks how its session stands. */
final class Asking {
  private Asking() {}

  /** Returns what the receiver says; empty where it knows nothing of the session. */
  static Optional<Fate> state(InetSocketAddress receiver, SessionToken token) throws IOException {
    try (FrameChannel channel = FrameChannel.connect(receiver, Duration.ofSeconds(60))) {
      channel.send(FrameType.HELLO, new Hello(ConnectionRole.RESUME, token).encode());
      HelloReply reply = HelloReply.decode(channel.receive(FrameType.HELLO_REPLY).payload());
      if (reply.status() == HelloReply.Status.UNKNOWN_SESSION) {
        return Optional.empty();
      }
      SessionState state = new ControlChannel(channel).receive(FrameType.STATE, SessionState.class);
      return Optional.of(state.fate());
    }
  }
}
