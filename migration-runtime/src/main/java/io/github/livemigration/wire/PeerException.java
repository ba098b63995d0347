package io.github.livemigration.wire;

import java.io.IOException;

/**
 * The peer answered with {@link FrameType#ERROR} or {@link FrameType#ABORT} instead of what was
 * awaited.
 */
public final class PeerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final FrameType type;
  private final String reason;

  PeerException(String peer, FrameType type, String reason) {
    super(peer + (type == FrameType.ABORT ? " gave up: " : " reports an error: ") + reason);
    this.type = type;
    this.reason = reason;
  }

  /** {@link FrameType#ERROR} or {@link FrameType#ABORT}. */
  public FrameType type() {
    return type;
  }

  /** The peer's own words. */
  public String reason() {
    return reason;
  }
}
