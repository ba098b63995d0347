package io.github.livemigration.wire;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Codecs of what has no parts: numbers, text, arrays of them, enum constants. */
final class ScalarCodecs {
  private ScalarCodecs() {}

  /** Returns the codec of a class, or {@code null} where it is none of these. */
  static @Nullable ValueCodec of(Class<?> type, @Nullable Limit limit, String where) {
    if (type == int.class || type == Integer.class) {
      return new IntCodec();
    } else if (type == long.class || type == Long.class) {
      return new LongCodec();
    } else if (type == boolean.class || type == Boolean.class) {
      return new BooleanCodec();
    } else if (type == short.class || type == Short.class) {
      return new ShortCodec();
    } else if (type == byte.class || type == Byte.class) {
      return new ByteCodec();
    } else if (type == double.class || type == Double.class) {
      return new DoubleCodec();
    } else if (type == String.class) {
      return new TextCodec(lowered(WireLimits.TEXT_BYTES, limit, where));
    } else if (type == byte[].class) {
      return new BytesCodec(lowered(WireLimits.BYTES, limit, where));
    } else if (type == int[].class) {
      return new IntsCodec(lowered(WireLimits.ELEMENTS, limit, where));
    } else if (type == long[].class) {
      return new LongsCodec(lowered(WireLimits.ELEMENTS, limit, where));
    } else if (type.isEnum()) {
      return new EnumCodec(type);
    }
    return null;
  }

  static int lowered(int limit, @Nullable Limit lower, String where) {
    if (lower == null) {
      return limit;
    }
    if (lower.value() < 0 || lower.value() > limit) {
      throw new IllegalArgumentException(
          where + ": @Limit(" + lower.value() + ") is not between 0 and " + limit);
    }
    return lower.value();
  }

  private static final class IntCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putInt((Integer) value, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getInt(where);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  private static final class LongCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putLong((Long) value, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getLong(where);
    }

    @Override
    int minimumBytes() {
      return Long.BYTES;
    }
  }

  private static final class BooleanCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putByte((Boolean) value ? 1 : 0, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getBoolean(where);
    }

    @Override
    int minimumBytes() {
      return 1;
    }
  }

  private static final class ShortCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putShort((Short) value, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return (short) in.getShort(where);
    }

    @Override
    int minimumBytes() {
      return Short.BYTES;
    }
  }

  private static final class ByteCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putByte((Byte) value, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return (byte) in.getByte(where);
    }

    @Override
    int minimumBytes() {
      return 1;
    }
  }

  private static final class DoubleCodec extends ValueCodec {
    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putLong(Double.doubleToRawLongBits((Double) value), where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return Double.longBitsToDouble(in.getLong(where));
    }

    @Override
    int minimumBytes() {
      return Double.BYTES;
    }
  }

  private static final class TextCodec extends ValueCodec {
    private final int limit;

    TextCodec(int limit) {
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putString((String) value, limit, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getString(limit, where);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  private static final class BytesCodec extends ValueCodec {
    private final int limit;

    BytesCodec(int limit) {
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putBytes((byte[]) value, limit, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getBytes(limit, where);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  private static final class IntsCodec extends ValueCodec {
    private final int limit;

    IntsCodec(int limit) {
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      int[] numbers = (int[]) value;
      if (numbers.length > limit) {
        throw WireException.overLimit(where, "count", numbers.length, limit);
      }
      out.putInt(numbers.length, where);
      for (int number : numbers) {
        out.putInt(number, where);
      }
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      int[] numbers = new int[in.getCount(limit, Integer.BYTES, "count", where)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.getInt(where);
      }
      return numbers;
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  private static final class LongsCodec extends ValueCodec {
    private final int limit;

    LongsCodec(int limit) {
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      long[] numbers = (long[]) value;
      if (numbers.length > limit) {
        throw WireException.overLimit(where, "count", numbers.length, limit);
      }
      out.putInt(numbers.length, where);
      for (long number : numbers) {
        out.putLong(number, where);
      }
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      long[] numbers = new long[in.getCount(limit, Long.BYTES, "count", where)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.getLong(where);
      }
      return numbers;
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  /**
   * Constants by name: a constant that is added or moved in a later version changes no other one's
   * encoding, and one that the receiver does not know is named in its error. A position would
   * silently become another constant.
   */
  private static final class EnumCodec extends ValueCodec {
    private final String type;
    private final IdentityHashMap<Object, byte[]> names = new IdentityHashMap<>();
    private final Map<String, Object> constants = new HashMap<>();

    EnumCodec(Class<?> type) {
      this.type = type.getSimpleName();
      Object[] all = type.getEnumConstants();
      for (Object constant : all) {
        Enum<?> named = (Enum<?>) constant;
        constants.put(named.name(), named);
        names.put(named, named.name().getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      out.putBytes(Objects.requireNonNull(names.get(value)), WireLimits.TEXT_BYTES, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      String name = in.getString(WireLimits.TEXT_BYTES, where);
      Object constant = constants.get(name);
      if (constant == null) {
        String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
        throw new WireException(where + ": unknown constant \"" + shown + "\" of " + type);
      }
      return constant;
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }
}
