package io.github.livemigration.session;

import org.jspecify.annotations.Nullable;

/** A migration that did not come to its end. Each kind says where the process runs now. */
public abstract sealed class MigrationException extends Exception
    permits MigrationRefusedException, MigrationRolledBackException, MigrationFailedException {
  private static final long serialVersionUID = 1L;

  private final transient MigrationReport report;

  MigrationException(String message, MigrationReport report, @Nullable Throwable cause) {
    super(message, cause);
    this.report = report;
  }

  /** Returns what is known about the migration. */
  public MigrationReport report() {
    return report;
  }
}
