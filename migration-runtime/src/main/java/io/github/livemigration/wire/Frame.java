package io.github.livemigration.wire;

import java.nio.charset.StandardCharsets;

/**
 * A frame that has arrived.
 *
 * @param type what it is
 * @param payload its bytes, which belong to the caller
 */
public record Frame(FrameType type, byte[] payload) {

  /**
   * The payload as text, for {@link FrameType#ABORT} and {@link FrameType#ERROR}; what is not UTF-8
   * is replaced.
   */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }
}
