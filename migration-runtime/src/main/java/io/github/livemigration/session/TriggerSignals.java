package io.github.livemigration.session;

import io.github.livemigration.linux.Signals;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The signals that may start a migration: those that a program leaves to its users. */
public final class TriggerSignals {
  private static final Map<String, Integer> NUMBERS =
      new TreeMap<>(
          Map.of(
              "HUP", Signals.SIGHUP,
              "USR1", Signals.SIGUSR1,
              "USR2", Signals.SIGUSR2,
              "WINCH", Signals.SIGWINCH,
              "URG", Signals.SIGURG,
              "PWR", Signals.SIGPWR));

  private TriggerSignals() {}

  /**
   * Returns a signal's number.
   *
   * @param name with or without {@code SIG}, in any case
   * @throws IllegalArgumentException in the user's words
   */
  public static int numberOf(String name) {
    String plain = name.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    Integer number = NUMBERS.get(plain);
    if (number == null) {
      throw new IllegalArgumentException(
          "'" + name + "' is not one of " + String.join(", ", NUMBERS.keySet()));
    }
    return number;
  }
}
