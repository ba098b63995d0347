package io.github.livemigration.session;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Copies a tree of records with one place changed, for example {@code fileSystem.umask}. A list or
 * an optional value on the way stands for all of its elements.
 */
final class RecordEdit {
  private RecordEdit() {}

  @SuppressWarnings("unchecked") // A copy has the type of its original.
  static <T> T with(T value, String path, UnaryOperator<Object> change) {
    return (T) edit(value, Arrays.asList(path.split("\\.")), change);
  }

  private static Object edit(Object value, List<String> path, UnaryOperator<Object> change) {
    if (path.isEmpty()) {
      return change.apply(value);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(edit(element, path, change)));
      return copy;
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(element -> edit(element, path, change));
    }
    return copy(value, path.get(0), path.subList(1, path.size()), change);
  }

  /**
   * Returns the record itself where it lacks the component: another kind of the same sealed
   * interface.
   */
  private static Object copy(
      Object value, String name, List<String> rest, UnaryOperator<Object> change) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        components[i].getAccessor().setAccessible(true);
        values[i] = components[i].getAccessor().invoke(value);
        if (components[i].getName().equals(name)) {
          values[i] = edit(values[i], rest, change);
        }
      }
      var constructor = value.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(name + " of " + value.getClass(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
