package io.github.livemigration.session;

import java.time.Duration;

/**
 * One step in the life of a migration, on the clock of the side that reports it.
 *
 * @param name the step, such as {@code freeze}
 * @param startMillis its beginning, in milliseconds since the session began on this side
 * @param endMillis its end, on the same scale
 */
public record Phase(String name, double startMillis, double endMillis) {

  /** How long it took. */
  public Duration duration() {
    return Millis.toDuration(endMillis - startMillis);
  }
}
