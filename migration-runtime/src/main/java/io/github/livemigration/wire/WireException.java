package io.github.livemigration.wire;

import java.io.IOException;

/**
 * Bytes that break a rule of the protocol: a limit, an unknown number, a frame that was not
 * awaited.
 *
 * <p>The message names the frame or the record component, the value and the limit. The connection
 * cannot be used after it, because the two sides no longer agree where a frame starts; the only
 * thing left to do is to close it.
 */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Describe what broke which rule. */
  public WireException(String message) {
    super(message);
  }

  /** Describe what broke which rule, and the exception that told. */
  public WireException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Describe a value above its limit. */
  static WireException overLimit(String where, String field, long value, long limit) {
    return new WireException(where + ": " + field + " " + value + " exceeds the limit " + limit);
  }
}
