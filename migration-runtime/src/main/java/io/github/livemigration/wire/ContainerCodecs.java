package io.github.livemigration.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Codecs of what holds other values: optional, list, set, map. */
final class ContainerCodecs {
  /** A claimed count costs memory only as far as elements really come. */
  private static final int FIRST_ELEMENTS = 1024;

  private ContainerCodecs() {}

  static final class OptionalCodec extends ValueCodec {
    private final ValueCodec inside;

    OptionalCodec(ValueCodec inside) {
      this.inside = inside;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      Optional<?> optional = (Optional<?>) value;
      out.putByte(optional.isPresent() ? 1 : 0, where);
      if (optional.isPresent()) {
        inside.write(out, optional.get(), where);
      }
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      return in.getBoolean(where) ? Optional.of(inside.read(in, where)) : Optional.empty();
    }

    @Override
    int minimumBytes() {
      return 1;
    }
  }

  static final class ListCodec extends ValueCodec {
    private final ValueCodec element;
    private final int limit;

    ListCodec(ValueCodec element, int limit) {
      this.element = element;
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      writeAll(out, (List<?>) value, element, limit, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      int count = in.getCount(limit, element.minimumBytes(), "count", where);
      List<Object> list = new ArrayList<>(Math.min(count, FIRST_ELEMENTS));
      for (int i = 0; i < count; i++) {
        list.add(element.read(in, where));
      }
      return List.copyOf(list);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  static final class SetCodec extends ValueCodec {
    private final ValueCodec element;
    private final int limit;

    SetCodec(ValueCodec element, int limit) {
      this.element = element;
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object value, String where) throws WireException {
      writeAll(out, (Set<?>) value, element, limit, where);
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      int count = in.getCount(limit, element.minimumBytes(), "count", where);
      Set<Object> set = new LinkedHashSet<>();
      for (int i = 0; i < count; i++) {
        Object value = element.read(in, where);
        if (!set.add(value)) {
          throw new WireException(where + ": element " + value + " comes twice");
        }
      }
      return Collections.unmodifiableSet(set);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  static final class MapCodec extends ValueCodec {
    private final ValueCodec key;
    private final ValueCodec value;
    private final int limit;

    MapCodec(ValueCodec key, ValueCodec value, int limit) {
      this.key = key;
      this.value = value;
      this.limit = limit;
    }

    @Override
    void write(WireOutput out, Object map, String where) throws WireException {
      Map<?, ?> entries = (Map<?, ?>) map;
      writeCount(out, entries.size(), limit, where);
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        key.write(out, entry.getKey(), where);
        value.write(out, entry.getValue(), where);
      }
    }

    @Override
    Object read(WireInput in, String where) throws WireException {
      int count = in.getCount(limit, key.minimumBytes() + value.minimumBytes(), "count", where);
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        Object entryKey = key.read(in, where);
        if (map.put(entryKey, value.read(in, where)) != null) {
          throw new WireException(where + ": key " + entryKey + " comes twice");
        }
      }
      return Collections.unmodifiableMap(map);
    }

    @Override
    int minimumBytes() {
      return Integer.BYTES;
    }
  }

  private static void writeAll(
      WireOutput out, Collection<?> values, ValueCodec element, int limit, String where)
      throws WireException {
    writeCount(out, values.size(), limit, where);
    for (Object value : values) {
      element.write(out, value, where);
    }
  }

  private static void writeCount(WireOutput out, int count, int limit, String where)
      throws WireException {
    if (count > limit) {
      throw WireException.overLimit(where, "count", count, limit);
    }
    out.putInt(count, where);
  }
}
