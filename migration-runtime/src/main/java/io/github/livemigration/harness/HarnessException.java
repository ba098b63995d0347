package io.github.livemigration.harness;

/**
 * Says that something could not be tried or judged: what, where, and what to do about it.
 *
 * <p>The message is meant for the person who started the migration.
 */
public class HarnessException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public HarnessException(String message) {
    super(message);
  }

  public HarnessException(String message, Throwable cause) {
    super(message, cause);
  }
}
