package io.github.livemigration.session;

import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
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

  /** Open all three for a new session. */
  static Connections open(Dialer dialer) throws IOException {
    return withPages(dialer, dialer.connect(ConnectionRole.CONTROL));
  }

  /**
   * Open the page connections to a control connection.
   *
   * @param control closed on failure
   */
  static Connections withPages(Dialer dialer, FrameChannel control) throws IOException {
    FrameChannel demand = null;
    try {
      long start = System.nanoTime();
      demand = dialer.connect(ConnectionRole.DEMAND);
      long roundTripNanos = System.nanoTime() - start;
      FrameChannel push = dialer.connect(ConnectionRole.PUSH);
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
