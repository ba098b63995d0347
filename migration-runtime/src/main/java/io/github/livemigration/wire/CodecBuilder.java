package io.github.livemigration.wire;

import io.github.livemigration.wire.RecordValueCodec.Component;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the codecs of a type and of all types inside of it, once. Used by one thread. */
final class CodecBuilder {
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
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
    }
    RecordValueCodec codec = new RecordValueCodec(type.getSimpleName(), constructor(type, types));
    known.put(type, codec);
    Component[] linked = new Component[components.length];
    for (int i = 0; i < components.length; i++) {
      linked[i] = componentOf(type, components[i]);
    }
    codec.link(linked);
    return codec;
  }

  private static Constructor<?> constructor(Class<?> type, Class<?>[] types) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      // The record need not be public.
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record without its constructor: " + type, e);
    }
  }

  private Component componentOf(Class<?> type, RecordComponent component) {
    String where = type.getSimpleName() + "." + component.getName();
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    Limit limit = component.getAnnotation(Limit.class);
    return new Component(where, accessor, codecOf(component.getGenericType(), limit, where));
  }
}
