package io.github.livemigration.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Big-endian values from bytes that nobody has checked yet. Not thread-safe. */
final class WireInput {
  private final ByteBuffer bytes;
  private int depth;

  WireInput(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.BIG_ENDIAN);
  }

  void enter(String where) throws WireException {
    depth++;
    if (depth > WireLimits.NESTING) {
      throw WireException.overLimit(where, "nesting", depth, WireLimits.NESTING);
    }
  }

  void leave() {
    depth--;
  }

  int getByte(String where) throws WireException {
    require(1, where);
    return bytes.get() & 0xff;
  }

  int getShort(String where) throws WireException {
    require(Short.BYTES, where);
    return bytes.getShort() & 0xffff;
  }

  int getInt(String where) throws WireException {
    require(Integer.BYTES, where);
    return bytes.getInt();
  }

  long getLong(String where) throws WireException {
    require(Long.BYTES, where);
    return bytes.getLong();
  }

  boolean getBoolean(String where) throws WireException {
    int value = getByte(where);
    if (value > 1) {
      throw new WireException(where + ": " + value + " is neither 0 nor 1");
    }
    return value == 1;
  }

  /**
   * Read a number of elements.
   *
   * @param elementBytes what an element takes at least
   */
  int getCount(int limit, int elementBytes, String field, String where) throws WireException {
    long count = getInt(where) & 0xffff_ffffL;
    if (count > limit) {
      throw WireException.overLimit(where, field, count, limit);
    }
    if (count * elementBytes > bytes.remaining()) {
      throw new WireException(
          where
              + ": truncated, "
              + field
              + " "
              + count
              + " but only "
              + bytes.remaining()
              + " bytes follow");
    }
    return (int) count;
  }

  byte[] getBytes(int limit, String where) throws WireException {
    byte[] value = new byte[getCount(limit, 1, "length", where)];
    bytes.get(value);
    return value;
  }

  String getString(int limit, String where) throws WireException {
    int length = getCount(limit, 1, "length", where);
    int start = bytes.position();
    int end = start + length;
    boolean ascii = true;
    for (int i = start; i < end && ascii; i++) {
      ascii = bytes.get(i) >= 0;
    }
    if (ascii) {
      byte[] text = new byte[length];
      bytes.get(text);
      return new String(text, StandardCharsets.ISO_8859_1);
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(bytes.slice(start, length)).toString();
      bytes.position(end);
      return text;
    } catch (CharacterCodingException e) {
      throw new WireException(where + ": text of " + length + " bytes is not UTF-8", e);
    }
  }

  void requireEnd(String where) throws WireException {
    if (bytes.hasRemaining()) {
      throw new WireException(where + ": " + bytes.remaining() + " bytes too many");
    }
  }

  private void require(int count, String where) throws WireException {
    if (bytes.remaining() < count) {
      throw new WireException(
          where + ": truncated, needs " + count + " bytes and " + bytes.remaining() + " follow");
    }
  }
}
