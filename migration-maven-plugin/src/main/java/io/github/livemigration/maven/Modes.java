package io.github.livemigration.maven;

import io.github.livemigration.session.MigrationMode;
import org.jspecify.annotations.Nullable;

/** Reads the parameter {@code mode}, which several goals have. */
final class Modes {

  private Modes() {}

  /** Note a problem if the mode is given and is none. */
  static void check(@Nullable String mode, ParameterProblems problems) {
    if (mode == null) {
      return;
    }
    try {
      MigrationMode.of(mode);
    } catch (IllegalArgumentException e) {
      problems.add("mode", "migrate.mode", "is wrong: " + e.getMessage());
    }
  }
}
