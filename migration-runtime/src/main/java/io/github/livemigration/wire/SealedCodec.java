package io.github.livemigration.wire;

import java.util.IdentityHashMap;
import java.util.Map;

/** A sealed interface: the position of the permitted type (u16), then its value. */
final class SealedCodec extends ValueCodec {
  private final String name;
  private ValueCodec[] alternatives = {};
  private final IdentityHashMap<Class<?>, Integer> positions = new IdentityHashMap<>();

  SealedCodec(Class<?> type) {
    this.name = type.getSimpleName();
  }

  void link(Class<?>[] permitted, ValueCodec[] codecs) {
    alternatives = codecs;
    for (int i = 0; i < permitted.length; i++) {
      positions.put(permitted[i], i);
    }
  }

  @Override
  void write(WireOutput out, Object value, String where) throws WireException {
    int position = positionOf(value);
    out.putShort(position, where);
    alternatives[position].write(out, value, where);
  }

  private int positionOf(Object value) {
    Integer position = positions.get(value.getClass());
    if (position != null) {
      return position;
    }
    // A permitted type may be a sealed interface or an enum with constant bodies itself.
    for (Map.Entry<Class<?>, Integer> entry : positions.entrySet()) {
      if (entry.getKey().isInstance(value)) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException(value.getClass() + " is no " + name);
  }

  @Override
  Object read(WireInput in, String where) throws WireException {
    int position = in.getShort(where);
    if (position >= alternatives.length) {
      throw new WireException(
          where
              + ": unknown kind "
              + position
              + " of "
              + name
              + ", which has "
              + alternatives.length);
    }
    return alternatives[position].read(in, where);
  }

  @Override
  int minimumBytes() {
    return Short.BYTES;
  }
}
