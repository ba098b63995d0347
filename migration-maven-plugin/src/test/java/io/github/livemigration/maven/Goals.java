package io.github.livemigration.maven;

import java.lang.reflect.Field;

/** Configures a goal as Maven does: by the names of its parameters. */
final class Goals {

  private Goals() {}

  /** Set a parameter, declared by the goal's class or one above it. */
  static void set(Object goal, String parameter, Object value) {
    for (Class<?> type = goal.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(parameter)) {
          set(goal, field, value);
          return;
        }
      }
    }
    throw new IllegalArgumentException(goal.getClass() + " has no parameter " + parameter);
  }

  private static void set(Object goal, Field field, Object value) {
    try {
      field.setAccessible(true);
      field.set(goal, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
