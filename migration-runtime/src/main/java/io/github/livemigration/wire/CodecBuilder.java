package io.github.livemigration.wire;

import io.github.livemigration.wire.RecordValueCodec.Component;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the codecs of a type and of all types inside of it, once. Used by one thread. */
final class CodecBuilder {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  /** Records and sealed interfaces that are built or being built: they may contain themselves. */
  private final Map<Class<?>, ValueCodec> known = new HashMap<>();

  /**
   * Build the codec of a type.
   *
   * @throws IllegalArgumentException naming the component that has no encoding
   */
  ValueCodec build(Class<?> type) {
    return codecOf(type, null, type.getSimpleName());
  }

  private ValueCodec codecOf(Type type, @Nullable Limit limit, String where) {
    if (type instanceof ParameterizedType generic) {
      return containerOf(generic, limit, where);
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException(where + ": no encoding for " + type);
    }
    ValueCodec scalar = ScalarCodecs.of(plain, limit, where);
    if (scalar != null) {
      return scalar;
    }
    if (limit != null) {
      throw new IllegalArgumentException(where + ": @Limit does not apply to " + type);
    }
    ValueCodec seen = known.get(plain);
    if (seen != null) {
      return seen;
    }
    if (plain.isRecord()) {
      return recordOf(plain);
    }
    if (plain.isSealed() && plain.isInterface()) {
      return sealedOf(plain);
    }
    throw new IllegalArgumentException(where + ": no encoding for " + type);
  }

  private ValueCodec containerOf(ParameterizedType type, @Nullable Limit limit, String where) {
    Type[] inside = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return new ContainerCodecs.OptionalCodec(codecOf(inside[0], limit, where));
    }
    int elements = ScalarCodecs.lowered(WireLimits.ELEMENTS, limit, where);
    if (type.getRawType() == List.class) {
      return new ContainerCodecs.ListCodec(codecOf(inside[0], null, where), elements);
    }
    if (type.getRawType() == Set.class) {
      return new ContainerCodecs.SetCodec(codecOf(inside[0], null, where), elements);
    }
    if (type.getRawType() == Map.class) {
      return new ContainerCodecs.MapCodec(
          codecOf(inside[0], null, where), codecOf(inside[1], null, where), elements);
    }
    throw new IllegalArgumentException(where + ": no encoding for " + type);
  }

  private ValueCodec sealedOf(Class<?> type) {
    SealedCodec codec = new SealedCodec(type);
    known.put(type, codec);
    Class<?>[] permitted = type.getPermittedSubclasses();
    ValueCodec[] alternatives = new ValueCodec[permitted.length];
    for (int i = 0; i < permitted.length; i++) {
      alternatives[i] = codecOf(permitted[i], null, type.getSimpleName());
    }
    codec.link(permitted, alternatives);
    return codec;
  }

  private ValueCodec recordOf(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    try {
      // A lookup inside of the record: it need not be public.
      MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, LOOKUP);
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      MethodHandle constructor =
          inside
              .findConstructor(type, MethodType.methodType(void.class, types))
              .asFixedArity()
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      RecordValueCodec codec = new RecordValueCodec(type.getSimpleName(), constructor);
      known.put(type, codec);
      Component[] linked = new Component[components.length];
      for (int i = 0; i < components.length; i++) {
        linked[i] = componentOf(inside, type, components[i]);
      }
      codec.link(linked);
      return codec;
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " cannot be reached: " + e.getMessage(), e);
    }
  }

  private Component componentOf(
      MethodHandles.Lookup inside, Class<?> type, RecordComponent component)
      throws ReflectiveOperationException {
    String where = type.getSimpleName() + "." + component.getName();
    ValueCodec codec =
        codecOf(component.getGenericType(), component.getAnnotation(Limit.class), where);
    MethodHandle accessor = inside.unreflect(component.getAccessor());
    if (component.getType() == int.class) {
      return new IntComponent(where, codec, getter(inside, accessor, IntGetter.class, int.class));
    }
    if (component.getType() == long.class) {
      return new LongComponent(
          where, codec, getter(inside, accessor, LongGetter.class, long.class));
    }
    if (component.getType() == boolean.class) {
      return new BooleanComponent(
          where, codec, getter(inside, accessor, BooleanGetter.class, boolean.class));
    }
    return new ObjectComponent(
        where, codec, getter(inside, accessor, ObjectGetter.class, Object.class));
  }

  /** Make an object of an interface whose method {@code get} calls an accessor. */
  private static <G> G getter(
      MethodHandles.Lookup inside, MethodHandle accessor, Class<G> type, Class<?> result) {
    MethodType actual = accessor.type();
    MethodType instantiated =
        result == Object.class ? actual.changeReturnType(actual.wrap().returnType()) : actual;
    try {
      return type.cast(
          LambdaMetafactory.metafactory(
                  inside,
                  "get",
                  MethodType.methodType(type),
                  MethodType.methodType(result, Object.class),
                  accessor,
                  instantiated)
              .getTarget()
              .invoke());
    } catch (Throwable e) {
      throw new IllegalStateException("cannot make a getter of " + accessor, e);
    }
  }

  /** Gets an {@code int} out of a record. Public, since the getters live in the records' packages. */
  @FunctionalInterface
  public interface IntGetter {
    /** Returns the component. */
    int get(Object of);
  }

  /** Gets a {@code long} out of a record. */
  @FunctionalInterface
  public interface LongGetter {
    /** Returns the component. */
    long get(Object of);
  }

  /** Gets a {@code boolean} out of a record. */
  @FunctionalInterface
  public interface BooleanGetter {
    /** Returns the component. */
    boolean get(Object of);
  }

  /** Gets a reference, or a boxed number, out of a record. */
  @FunctionalInterface
  public interface ObjectGetter {
    /** Returns the component. */
    @Nullable Object get(Object of);
  }

  private static final class IntComponent extends Component {
    private final IntGetter getter;

    IntComponent(String where, ValueCodec codec, IntGetter getter) {
      super(where, codec);
      this.getter = getter;
    }

    @Override
    void write(WireOutput out, Object of) throws WireException {
      out.putInt(getter.get(of), where);
    }
  }

  private static final class LongComponent extends Component {
    private final LongGetter getter;

    LongComponent(String where, ValueCodec codec, LongGetter getter) {
      super(where, codec);
      this.getter = getter;
    }

    @Override
    void write(WireOutput out, Object of) throws WireException {
      out.putLong(getter.get(of), where);
    }
  }

  private static final class BooleanComponent extends Component {
    private final BooleanGetter getter;

    BooleanComponent(String where, ValueCodec codec, BooleanGetter getter) {
      super(where, codec);
      this.getter = getter;
    }

    @Override
    void write(WireOutput out, Object of) throws WireException {
      out.putByte(getter.get(of) ? 1 : 0, where);
    }
  }

  private static final class ObjectComponent extends Component {
    private final ObjectGetter getter;

    ObjectComponent(String where, ValueCodec codec, ObjectGetter getter) {
      super(where, codec);
      this.getter = getter;
    }

    @Override
    void write(WireOutput out, Object of) throws WireException {
      Object value = getter.get(of);
      if (value == null) {
        throw new WireException(where + " is null");
      }
      codec.write(out, value, where);
    }
  }
}
