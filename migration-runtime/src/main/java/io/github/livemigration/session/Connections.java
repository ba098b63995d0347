package io.github.livemigration.session;

import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.time.Duration;

/**
 * The three connections of a session, as the sender opens them. A page that a thread waits for
 * never queues behind the background push, as each has a connection of its own.
 */
final class Connections implements AutoCloseable {
  private final FrameChannel control;
  private final FrameChannel demand;
  private final FrameChannel push;
  private final long roundTripNanos;

  private Connections(
      FrameChannel control, FrameChannel demand, FrameChannel push, long roundTripNanos) {
    this.control = control;
    this.demand = demand;
    this.push = push;
    this.roundTripNanos = roundTripNanos;
  }

  static Connections open(SenderOptions options) throws IOException {
    SessionToken token = SessionToken.random();
    FrameChannel control = connect(options, ConnectionRole.CONTROL, token);
    FrameChannel demand = null;
    try {
      long start = System.nanoTime();
      demand = connect(options, ConnectionRole.DEMAND, token);
      long roundTripNanos = System.nanoTime() - start;
      FrameChannel push = connect(options, ConnectionRole.PUSH, token);
      // The page connections wait for requests, however long the target does not need any.
      demand.receiveTimeout(Duration.ZERO);
      push.receiveTimeout(Duration.ZERO);
      return new Connections(control, demand, push, roundTripNanos);
    } catch (IOException e) {
      QuietClose.close(control);
      if (demand != null) {
        QuietClose.close(demand);
      }
      throw e;
    }
  }

  private static FrameChannel connect(
      SenderOptions options, ConnectionRole role, SessionToken token) throws IOException {
    FrameChannel channel = FrameChannel.connect(options.destination(), options.connectTimeout());
    try {
      channel.receiveTimeout(options.replyTimeout());
      channel.send(FrameType.HELLO, new Hello(role, token).encode());
      HelloReply reply = HelloReply.decode(channel.receive(FrameType.HELLO_REPLY).payload());
      if (reply.status() != HelloReply.Status.ACCEPTED) {
        throw new WireException(
            "receiver " + channel.peer() + " answered " + reply.status() + ": " + reply.reason());
      }
      return channel;
    } catch (IOException e) {
      QuietClose.close(channel);
      throw e;
    }
  }

  FrameChannel control() {
    return control;
  }

  FrameChannel demand() {
    return demand;
  }

  FrameChannel push() {
    return push;
  }

  /**
   * Returns how long one connection took to be opened and answered, more than any one-way delay.
   */
  long roundTripNanos() {
    return roundTripNanos;
  }

  @Override
  public void close() {
    QuietClose.close(push);
    QuietClose.close(demand);
    QuietClose.close(control);
  }
}
