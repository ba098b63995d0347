package io.github.livemigration.session;

import org.jspecify.annotations.Nullable;

/**
 * The migration failed before its point of no return. The process runs on where it was, unharmed.
 */
public final class MigrationRolledBackException extends MigrationException {
  private static final long serialVersionUID = 1L;

  MigrationRolledBackException(String message, MigrationReport report, @Nullable Throwable cause) {
    super(message, report, cause);
  }
}
