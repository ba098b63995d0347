package io.github.livemigration.cli;

/** Exit statuses of the command line, a promise to scripts. */
final class ExitStatus {
  /** Done. */
  static final int DONE = 0;

  /** Refused or failed with the source process running on unharmed. */
  static final int UNHARMED = 1;

  /** Wrong use. */
  static final int USAGE = 2;

  /** Failed after the point of no return. */
  static final int FAILED = 3;

  private ExitStatus() {}
}
