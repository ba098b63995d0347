package io.github.livemigration.wire;

/** What {@link RecordCodec} sends and accepts at most. */
final class WireLimits {
  /** Bytes of one encoded value, which is one frame. */
  static final int ENCODED_BYTES = 64 << 20;

  /** Elements of a list, a set, a map or an array of numbers. */
  static final int ELEMENTS = 1 << 20;

  /** Bytes of a text in UTF-8. */
  static final int TEXT_BYTES = 64 << 10;

  /** Bytes of a byte array. */
  static final int BYTES = 16 << 20;

  /** Records inside of records. */
  static final int NESTING = 32;

  private WireLimits() {}
}
