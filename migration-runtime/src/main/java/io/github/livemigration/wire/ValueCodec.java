package io.github.livemigration.wire;

/** Encodes and decodes the values of one type. Immutable once built, thread-safe. */
abstract class ValueCodec {

  /**
   * Append a value.
   *
   * @param where record and component, for messages
   */
  abstract void write(WireOutput out, Object value, String where) throws WireException;

  /** Read a value and check it. */
  abstract Object read(WireInput in, String where) throws WireException;

  /**
   * Bytes that every value takes at least; never 0, so that a count is bounded by what follows it.
   */
  abstract int minimumBytes();
}
