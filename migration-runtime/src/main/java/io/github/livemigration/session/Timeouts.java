package io.github.livemigration.session;

import java.time.Duration;
import java.util.List;

/**
 * How long a side waits for the other one.
 *
 * @param connect for a connection, and for the greeting on it
 * @param prepare for each message before the target is frozen
 * @param restore for each message while the target stands still, and for the last words of a
 *     session
 * @param demand for pages that were asked for, before the connection counts as lost
 * @param outage for a lost connection to come back, after the point of no return
 */
public record Timeouts(
    Duration connect, Duration prepare, Duration restore, Duration demand, Duration outage) {

  /** The phases, as users name them. */
  public static final List<String> PHASES =
      List.of("connect", "prepare", "restore", "demand", "outage");

  public Timeouts {
    for (Duration each : List.of(connect, prepare, restore, demand, outage)) {
      if (each.isNegative() || each.isZero()) {
        throw new IllegalArgumentException("a time limit must be longer than nothing: " + each);
      }
    }
  }

  /** Returns usual limits: 10 s, 60 s, 30 s, 30 s and 10 minutes. */
  public static Timeouts usual() {
    return new Timeouts(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofMinutes(10));
  }

  /**
   * Returns the same with another limit for one phase.
   *
   * @param phase one of {@link #PHASES}
   * @throws IllegalArgumentException in the user's words
   */
  public Timeouts with(String phase, Duration limit) {
    return switch (phase) {
      case "connect" -> new Timeouts(limit, prepare, restore, demand, outage);
      case "prepare" -> new Timeouts(connect, limit, restore, demand, outage);
      case "restore" -> new Timeouts(connect, prepare, limit, demand, outage);
      case "demand" -> new Timeouts(connect, prepare, restore, limit, outage);
      case "outage" -> new Timeouts(connect, prepare, restore, demand, limit);
      default ->
          throw new IllegalArgumentException(
              "'" + phase + "' is not one of " + String.join(", ", PHASES));
    };
  }
}
