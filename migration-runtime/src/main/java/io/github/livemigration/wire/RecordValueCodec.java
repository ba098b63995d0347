package io.github.livemigration.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * A record: its components in the order of its declaration; a record without any is one zero byte.
 *
 * <p>It goes by plain reflection, which is as fast as method handles once it is warm and costs a
 * third of them on first use.
 */
final class RecordValueCodec extends ValueCodec {
  private final String name;
  private final Constructor<?> constructor;
  private Component[] components = {};
  private int minimumBytes = 1;

  /**
   * Prepare a codec whose components are linked later, since a record may contain itself.
   *
   * @param constructor the canonical one
   */
  RecordValueCodec(String name, Constructor<?> constructor) {
    this.name = name;
    this.constructor = constructor;
  }

  void link(Component[] linked) {
    components = linked;
    int sum = 0;
    for (Component component : linked) {
      sum += component.minimumBytes();
    }
    minimumBytes = Math.max(1, sum);
  }

  @Override
  void write(WireOutput out, Object value, String where) throws WireException {
    out.enter(name);
    if (components.length == 0) {
      out.putByte(0, name);
    }
    for (Component component : components) {
      component.write(out, value);
    }
    out.leave();
  }

  @Override
  Object read(WireInput in, String where) throws WireException {
    in.enter(name);
    if (components.length == 0 && in.getByte(name) != 0) {
      throw new WireException(name + ": the empty record is not a zero byte");
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = components[i].read(in);
    }
    in.leave();
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        // The values came from the peer.
        throw new WireException(name + ": " + refusal.getMessage(), refusal);
      }
      throw new IllegalStateException(name + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " cannot be made", e);
    }
  }

  @Override
  int minimumBytes() {
    return minimumBytes;
  }

  /**
   * One component.
   *
   * @param where record and component, for messages
   * @param accessor gets its value out of the record
   * @param codec of its value
   */
  record Component(String where, Method accessor, ValueCodec codec) {

    void write(WireOutput out, Object of) throws WireException {
      Object value;
      try {
        value = accessor.invoke(of);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(where + " cannot be read", e);
      }
      if (value == null) {
        throw new WireException(where + " is null");
      }
      codec.write(out, value, where);
    }

    Object read(WireInput in) throws WireException {
      return codec.read(in, where);
    }

    int minimumBytes() {
      return codec.minimumBytes();
    }
  }
}
