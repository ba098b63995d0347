package io.github.livemigration.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connection ended: closed by the peer, closed by this side, or broken on the way. */
public final class ConnectionClosedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String peer;
  private final String awaited;
  private final boolean clean;

  /**
   * Describe the end of a connection.
   *
   * @param peer the other side
   * @param awaited what this side was doing, such as {@code receiving HELLO}
   * @param clean whether the stream ended between two frames
   * @param cause what the operating system said, where it said anything
   */
  ConnectionClosedException(
      String peer, String awaited, boolean clean, @Nullable IOException cause) {
    super(message(peer, awaited, clean, cause), cause);
    this.peer = peer;
    this.awaited = awaited;
    this.clean = clean;
  }

  private static String message(
      String peer, String awaited, boolean clean, @Nullable IOException cause) {
    String what = clean ? " closed the connection" : " was lost in the middle of a frame";
    return peer
        + (cause == null ? what : " was lost")
        + " while this side was "
        + awaited
        + (cause == null ? "" : ": " + (cause.getMessage() == null ? cause : cause.getMessage()));
  }

  /** The other side of the connection. */
  public String peer() {
    return peer;
  }

  /** What this side was doing, such as {@code receiving HELLO}. */
  public String awaited() {
    return awaited;
  }

  /**
   * Whether the peer ended its stream between two frames, as it does when it has nothing more to
   * say.
   */
  public boolean clean() {
    return clean;
  }
}
