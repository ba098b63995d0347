package io.github.livemigration.wire;

import java.nio.ByteBuffer;

/**
 * First payload of every connection. Its layout never changes, so that any two versions understand
 * each other far enough to say that they do not fit.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                        magic "LMIG"                           |
 *  +-------------------------------+-------------------------------+
 *  |       protocol version        |             role              |
 *  +-------------------------------+-------------------------------+
 *  |                  session token, 16 bytes                     ...
 * </pre>
 *
 * @param version protocol version of the side that connected
 * @param role what the connection is for
 * @param token the session that the connection belongs to
 */
public record Hello(int version, ConnectionRole role, SessionToken token) {
  /** {@code "LMIG"}. */
  public static final int MAGIC = 0x4c4d4947;

  /** Version that this side speaks. */
  public static final int PROTOCOL_VERSION = 1;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = 4;
  static final int ROLE_OFFSET = 6;
  static final int TOKEN_OFFSET = 8;
  static final int LENGTH_BYTES = TOKEN_OFFSET + SessionToken.LENGTH_BYTES;

  public Hello {
    checkVersion(version);
  }

  /** Greet with this side's version. */
  public Hello(ConnectionRole role, SessionToken token) {
    this(PROTOCOL_VERSION, role, token);
  }

  static void checkVersion(int version) {
    if (version < 0 || version > 0xffff) {
      throw new IllegalArgumentException("protocol version " + version);
    }
  }

  /** Encode as the payload of {@link FrameType#HELLO}. */
  public byte[] encode() {
    return ByteBuffer.allocate(LENGTH_BYTES)
        .putInt(MAGIC)
        .putShort((short) version)
        .putShort((short) role.number())
        .put(token.bytes())
        .array();
  }

  /**
   * Decode the payload of {@link FrameType#HELLO}. The version is for the caller to compare.
   *
   * @throws WireException when it is none
   */
  public static Hello decode(byte[] payload) throws WireException {
    if (payload.length != LENGTH_BYTES) {
      throw new WireException("HELLO: length " + payload.length + " instead of " + LENGTH_BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(payload);
    int magic = in.getInt(MAGIC_OFFSET);
    if (magic != MAGIC) {
      throw new WireException("HELLO.magic: %#x instead of %#x".formatted(magic, MAGIC));
    }
    ConnectionRole role = ConnectionRole.ofNumber(in.getShort(ROLE_OFFSET) & 0xffff);
    byte[] token = new byte[SessionToken.LENGTH_BYTES];
    in.get(TOKEN_OFFSET, token);
    return new Hello(in.getShort(VERSION_OFFSET) & 0xffff, role, SessionToken.of(token));
  }
}
