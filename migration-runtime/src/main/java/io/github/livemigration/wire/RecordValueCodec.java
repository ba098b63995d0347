package io.github.livemigration.wire;

import java.lang.invoke.MethodHandle;

/**
 * A record: its components in the order of its declaration; a record without any is one zero byte.
 */
final class RecordValueCodec extends ValueCodec {
  private final String name;
  private final MethodHandle constructor;
  private Component[] components = {};
  private int minimumBytes = 1;

  /**
   * Prepare a codec whose components are linked later, since a record may contain itself.
   *
   * @param constructor of type {@code (Object[])Object}
   */
  RecordValueCodec(String name, MethodHandle constructor) {
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
      return (Object) constructor.invokeExact(values);
    } catch (RuntimeException e) {
      // The record itself refuses the values, which came from the peer.
      throw new WireException(name + ": " + e.getMessage(), e);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a record's constructor cannot throw " + e, e);
    }
  }

  @Override
  int minimumBytes() {
    return minimumBytes;
  }

  /** One component: how to get it out of the record, and how its value is encoded. */
  abstract static class Component {
    final String where;
    final ValueCodec codec;

    Component(String where, ValueCodec codec) {
      this.where = where;
      this.codec = codec;
    }

    abstract void write(WireOutput out, Object of) throws WireException;

    final Object read(WireInput in) throws WireException {
      return codec.read(in, where);
    }

    final int minimumBytes() {
      return codec.minimumBytes();
    }
  }
}
