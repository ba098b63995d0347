package io.github.livemigration.session;

/**
 * The process cannot be moved, or not to this receiver. It runs on where it was and was never
 * stopped for long.
 */
public final class MigrationRefusedException extends MigrationException {
  private static final long serialVersionUID = 1L;

  MigrationRefusedException(String message, MigrationReport report) {
    super(message, report, null);
  }
}
