package io.github.livemigration.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Answer to {@link Hello}; its layout never changes either.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                        magic "LMIG"                           |
 *  +-------------------------------+-------------------------------+
 *  |       protocol version        |            status             |
 *  +-------------------------------+-------------------------------+
 *  |              reason, UTF-8, 0 to 1024 bytes                  ...
 * </pre>
 *
 * @param version protocol version of the side that was connected to
 * @param status whether it takes the connection
 * @param reason why not, in words; empty when accepted
 */
public record HelloReply(int version, Status status, String reason) {

  /** Whether the connection is taken. */
  public enum Status {
    /** The session goes on. */
    ACCEPTED(0),
    /** The two sides speak different versions of the protocol. */
    VERSION_MISMATCH(1),
    /** There is no session with this token, or it does not await such a connection now. */
    UNKNOWN_SESSION(2),
    /** The other side has as many sessions as it takes. */
    BUSY(3),
    /** Anything else; the reason tells. */
    REFUSED(4);

    private static final Status[] BY_NUMBER = values();

    private final int number;

    Status(int number) {
      this.number = number;
    }

    /** Its number on the wire. */
    public int number() {
      return number;
    }

    static Status ofNumber(int number) throws WireException {
      if (number < 0 || number >= BY_NUMBER.length) {
        throw new WireException("HELLO_REPLY.status: unknown number " + number);
      }
      return BY_NUMBER[number];
    }
  }

  static final int MAXIMUM_REASON_BYTES = 1024;
  static final int STATUS_OFFSET = 6;
  static final int REASON_OFFSET = 8;
  static final int MAXIMUM_LENGTH_BYTES = REASON_OFFSET + MAXIMUM_REASON_BYTES;

  public HelloReply {
    Hello.checkVersion(version);
  }

  /** Take the connection. */
  public static HelloReply accepted() {
    return new HelloReply(Hello.PROTOCOL_VERSION, Status.ACCEPTED, "");
  }

  /** Do not take the connection. */
  public static HelloReply rejected(Status status, String reason) {
    if (status == Status.ACCEPTED) {
      throw new IllegalArgumentException("ACCEPTED is no reason to reject");
    }
    return new HelloReply(Hello.PROTOCOL_VERSION, status, reason);
  }

  /** Encode as the payload of {@link FrameType#HELLO_REPLY}; a reason that is too long is cut. */
  public byte[] encode() {
    byte[] words = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(words.length, MAXIMUM_REASON_BYTES);
    return ByteBuffer.allocate(REASON_OFFSET + length)
        .putInt(Hello.MAGIC)
        .putShort((short) version)
        .putShort((short) status.number())
        .put(words, 0, length)
        .array();
  }

  /**
   * Decode the payload of {@link FrameType#HELLO_REPLY}.
   *
   * @throws WireException when it is none
   */
  public static HelloReply decode(byte[] payload) throws WireException {
    if (payload.length < REASON_OFFSET || payload.length > MAXIMUM_LENGTH_BYTES) {
      throw new WireException(
          "HELLO_REPLY: length "
              + payload.length
              + " is not between "
              + REASON_OFFSET
              + " and "
              + MAXIMUM_LENGTH_BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(payload);
    int magic = in.getInt(Hello.MAGIC_OFFSET);
    if (magic != Hello.MAGIC) {
      throw new WireException(
          "HELLO_REPLY.magic: %#x instead of %#x".formatted(magic, Hello.MAGIC));
    }
    Status status = Status.ofNumber(in.getShort(STATUS_OFFSET) & 0xffff);
    byte[] words = Arrays.copyOfRange(payload, REASON_OFFSET, payload.length);
    return new HelloReply(
        in.getShort(Hello.VERSION_OFFSET) & 0xffff,
        status,
        new String(words, StandardCharsets.UTF_8));
  }
}
