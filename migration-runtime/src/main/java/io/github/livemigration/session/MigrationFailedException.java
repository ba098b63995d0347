package io.github.livemigration.session;

import org.jspecify.annotations.Nullable;

/**
 * The migration failed after its point of no return. The process does not run on the source, where
 * it is kept stopped; the message says what is known about the destination.
 */
public final class MigrationFailedException extends MigrationException {
  private static final long serialVersionUID = 1L;

  MigrationFailedException(String message, MigrationReport report, @Nullable Throwable cause) {
    super(message, report, cause);
  }
}
