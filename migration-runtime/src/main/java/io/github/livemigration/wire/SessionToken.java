package io.github.livemigration.wire;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Sixteen random bytes that tie the connections of one migration together, also after one was lost.
 */
public final class SessionToken {
  /** Length in bytes. */
  public static final int LENGTH_BYTES = 16;

  private static final int BYTES_SHOWN = 4;

  private final byte[] bytes;

  private SessionToken(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Make a token that nobody can guess. */
  public static SessionToken random() {
    byte[] bytes = new byte[LENGTH_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SessionToken(bytes);
  }

  /**
   * Take a token from its bytes.
   *
   * @param bytes exactly {@link #LENGTH_BYTES}
   */
  public static SessionToken of(byte[] bytes) {
    if (bytes.length != LENGTH_BYTES) {
      throw new IllegalArgumentException("session token of " + bytes.length + " bytes");
    }
    return new SessionToken(bytes.clone());
  }

  /** Returns a copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Compare in a time that does not tell where the difference is. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SessionToken token && MessageDigest.isEqual(bytes, token.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /**
   * Returns the first bytes only: enough to tell sessions apart in a log, too little to join one.
   */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes, 0, BYTES_SHOWN);
  }
}
