package io.github.livemigration.wire;

import java.nio.ByteBuffer;

/** Writes and checks the header of a frame; {@link FrameChannel} draws it. */
final class FrameHeader {
  static final int TYPE_OFFSET = 0;
  static final int FLAGS_OFFSET = 2;
  static final int LENGTH_OFFSET = 4;
  static final int SEQUENCE_OFFSET = 8;
  static final int LENGTH_BYTES = 16;

  private FrameHeader() {}

  /** Fill a buffer with a header, ready to be sent. */
  static void put(ByteBuffer into, FrameType type, int payloadLength, long sequence) {
    into.clear();
    into.putShort(TYPE_OFFSET, (short) type.number());
    into.putShort(FLAGS_OFFSET, (short) 0);
    into.putInt(LENGTH_OFFSET, payloadLength);
    into.putLong(SEQUENCE_OFFSET, sequence);
  }

  /**
   * Length in bytes of the payload that follows the header at a buffer's position, once checked.
   */
  static int payloadLength(ByteBuffer from) {
    return from.getInt(from.position() + LENGTH_OFFSET);
  }

  /**
   * Check the header at a buffer's position.
   *
   * @param received frames that came before it
   * @param peer who has sent it, for messages
   * @return the frame's type
   */
  static FrameType check(ByteBuffer from, long received, String peer) throws WireException {
    int start = from.position();
    FrameType type;
    try {
      type = checkFraming(from, start, received);
    } catch (WireException e) {
      if (received > 0) {
        throw new WireException("from " + peer + ": " + e.getMessage(), e);
      }
      throw new WireException(
          peer
              + " is not a migration peer: it sent \""
              + printable(from)
              + "\" ("
              + e.getMessage()
              + ")",
          e);
    }
    long length = from.getInt(start + LENGTH_OFFSET) & 0xffff_ffffL;
    if (length > type.maximumPayloadBytes()) {
      throw WireException.overLimit(
          "frame " + type + " from " + peer, "payloadLength", length, type.maximumPayloadBytes());
    }
    return type;
  }

  private static FrameType checkFraming(ByteBuffer from, int start, long received)
      throws WireException {
    FrameType type = FrameType.ofNumber(from.getShort(start + TYPE_OFFSET) & 0xffff);
    int flags = from.getShort(start + FLAGS_OFFSET) & 0xffff;
    if (flags != 0) {
      throw new WireException("frame " + type + ": flags " + flags + " are not 0");
    }
    long sequence = from.getLong(start + SEQUENCE_OFFSET);
    if (sequence != received) {
      throw new WireException(
          "frame " + type + ": sequence number " + sequence + " instead of " + received);
    }
    return type;
  }

  private static String printable(ByteBuffer from) {
    StringBuilder text = new StringBuilder();
    for (int i = from.position(); i < from.limit(); i++) {
      int b = from.get(i);
      text.append(b >= ' ' && b < 0x7f && b != '"' ? (char) b : '.');
    }
    return text.toString();
  }
}
