package io.github.livemigration.wire;

import java.nio.ByteBuffer;

/**
 * Encodes records by their components and decodes them strictly, without any code of their own.
 *
 * <p>A record is its components in the order of their declaration, big-endian, without padding:
 *
 * <ul>
 *   <li>{@code byte}, {@code short}, {@code int}, {@code long}, {@code double}: as wide as they
 *       are; {@code boolean}: one byte, 0 or 1
 *   <li>{@code byte[]} and {@code String} (UTF-8): length in bytes (u32), then the bytes
 *   <li>{@code int[]}, {@code long[]}, {@code List}, {@code Set}, {@code Map}: number of elements
 *       (u32), then the elements, in a map key and value in turn
 *   <li>enum constants: by name, like a {@code String}; so adding or moving one disturbs no other
 *   <li>{@code Optional}: a {@code boolean}, then the value if there is one
 *   <li>sealed interfaces: position of the permitted type in the order of declaration (u16), then
 *       the value
 *   <li>records in records: in place; a record without components is one zero byte
 * </ul>
 *
 * <p>Limits: 64 MiB in all, 16 MiB a {@code byte[]}, 64 KiB a text, 2<sup>20</sup> elements and
 * never more than bytes follow, 32 records inside each other; {@link Limit} lowers them for a
 * component. What a record's constructor refuses is refused here. Errors name the record and its
 * component, the value and the limit.
 *
 * <p>The way through a type is found once, on first use, and kept. That takes some tens of
 * milliseconds, and the first values go slowly until the JVM has compiled the code: where time is
 * short, encode and decode a sample a few dozen times before. Immutable and thread-safe.
 *
 * @param <T> a record or a sealed interface of records
 */
public final class RecordCodec<T> {
  private static final ClassValue<ValueCodec> CODECS =
      new ClassValue<>() {
        @Override
        protected ValueCodec computeValue(Class<?> type) {
          return new CodecBuilder().build(type);
        }
      };

  private static final int USUAL_BYTES = 1024;

  private final Class<T> type;
  private final ValueCodec codec;

  private RecordCodec(Class<T> type, ValueCodec codec) {
    this.type = type;
    this.codec = codec;
  }

  /**
   * Returns the codec of a type.
   *
   * @throws IllegalArgumentException naming the component that has no encoding
   */
  public static <T> RecordCodec<T> of(Class<T> type) {
    return new RecordCodec<>(type, CODECS.get(type));
  }

  /**
   * Encode a value.
   *
   * @throws WireException when it is beyond a limit
   */
  public byte[] encode(T value) throws WireException {
    WireOutput out = new WireOutput(USUAL_BYTES);
    codec.write(out, value, type.getSimpleName());
    return out.toByteArray();
  }

  /**
   * Encode a large value with as few copies as possible.
   *
   * @param expectedBytes about how long the encoding will be
   * @throws WireException when it is beyond a limit
   */
  public ByteBuffer encode(T value, int expectedBytes) throws WireException {
    WireOutput out = new WireOutput(Math.max(USUAL_BYTES, expectedBytes));
    codec.write(out, value, type.getSimpleName());
    return out.toBuffer();
  }

  /**
   * Decode a value.
   *
   * @param payload all of it, and nothing else
   * @throws WireException when it is anything but the encoding of a valid value
   */
  public T decode(byte[] payload) throws WireException {
    return decode(ByteBuffer.wrap(payload));
  }

  /**
   * Decode a value.
   *
   * @param payload from its position to its limit, neither of which changes
   * @throws WireException when it is anything but the encoding of a valid value
   */
  public T decode(ByteBuffer payload) throws WireException {
    String where = type.getSimpleName();
    WireInput in = new WireInput(payload);
    Object value = codec.read(in, where);
    in.requireEnd(where);
    return type.cast(value);
  }
}
