package io.github.livemigration.harness;

import io.github.livemigration.session.Outcome;

/**
 * Says that a migration was tried and did not succeed, and where the process runs now.
 *
 * <p>The message carries the reasons in the words of both sides.
 */
public final class MoveFailedException extends HarnessException {

  private static final long serialVersionUID = 1L;

  private final Outcome outcome;

  MoveFailedException(Outcome outcome, String message) {
    super(message);
    this.outcome = outcome;
  }

  /** How it ended; never {@link Outcome#COMPLETED}. */
  public Outcome outcome() {
    return outcome;
  }
}
