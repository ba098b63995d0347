package io.github.livemigration.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of big-endian values. Not thread-safe. */
final class WireOutput {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int length;
  private int depth;

  WireOutput(int firstBytes) {
    bytes = new byte[firstBytes];
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

  void putByte(int value, String where) throws WireException {
    int at = room(1, where);
    bytes[at] = (byte) value;
  }

  void putShort(int value, String where) throws WireException {
    int at = room(Short.BYTES, where);
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  void putInt(int value, String where) throws WireException {
    int at = room(Integer.BYTES, where); // May replace the array.
    INT.set(bytes, at, value);
  }

  void putLong(long value, String where) throws WireException {
    int at = room(Long.BYTES, where); // May replace the array.
    LONG.set(bytes, at, value);
  }

  /** Length in bytes (u32), then the bytes. */
  void putBytes(byte[] value, int limit, String where) throws WireException {
    if (value.length > limit) {
      throw WireException.overLimit(where, "length", value.length, limit);
    }
    putInt(value.length, where);
    int at = room(value.length, where);
    System.arraycopy(value, 0, bytes, at, value.length);
  }

  /** Length in bytes (u32), then UTF-8. */
  void putString(String value, int limit, String where) throws WireException {
    int characters = value.length();
    int start = room(Integer.BYTES, where);
    int at = room(characters, where);
    for (int i = 0; i < characters; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        length = start;
        putBytes(encode(value, where), limit, where);
        return;
      }
      bytes[at + i] = (byte) c;
    }
    if (characters > limit) {
      throw WireException.overLimit(where, "length", characters, limit);
    }
    INT.set(bytes, start, characters);
  }

  private static byte[] encode(String value, String where) throws WireException {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      byte[] copy = new byte[encoded.remaining()];
      encoded.get(copy);
      return copy;
    } catch (CharacterCodingException e) {
      throw new WireException(where + ": text has half a surrogate pair and cannot be encoded", e);
    }
  }

  private int room(int count, String where) throws WireException {
    int at = length;
    long needed = (long) at + count;
    if (needed > bytes.length) {
      if (needed > WireLimits.ENCODED_BYTES) {
        throw WireException.overLimit(where, "encoded length", needed, WireLimits.ENCODED_BYTES);
      }
      bytes =
          Arrays.copyOf(bytes, (int) Math.min(WireLimits.ENCODED_BYTES, Math.max(needed, 2L * at)));
    }
    length = (int) needed;
    return at;
  }

  /** What was put, without a copy. */
  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
