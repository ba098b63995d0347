package io.github.livemigration.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Counts until it is told to show that it is alive, shows it, and ends with a status of its own.
 *
 * <p>Options: {@code --when FILE} begins when this file exists, {@code --after N} when this number
 * is reached (0: never), {@code --interval-millis 5}, {@code --exit-status 0}. Each check prints a
 * word, such as {@code full-gc:ok} or {@code full-gc:FAILED}; then it prints {@code alive} and
 * ends. If a check failed it ends with status 71.
 */
public final class Vitality {

  private static final int NOT_ALIVE = 71;

  private Vitality() {}

  /** Count, and show the vital signs. */
  public static void main(String[] arguments) {
    Options options =
        Options.parse(
            arguments,
            Map.of("when", "", "after", "0", "interval-millis", "5", "exit-status", "0"));
    VitalSigns signs = new VitalSigns();
    NumberPrinter printer = new NumberPrinter(options.number("interval-millis"), false);
    int after = options.count("after");
    String file = options.text("when");
    long number = 1;
    while (!(after > 0 && number > after) && (file.isEmpty() || !Files.exists(Path.of(file)))) {
      printer.print(number++);
    }
    boolean alive = true;
    for (Map.Entry<String, VitalSigns.Check> check : signs.checks().entrySet()) {
      boolean passed = passes(check.getKey(), check.getValue());
      printer.print(check.getKey() + (passed ? ":ok" : ":FAILED"));
      printer.print(number++);
      alive &= passed;
    }
    printer.print(alive ? "alive" : "ailing");
    System.exit(alive ? options.count("exit-status") : NOT_ALIVE);
  }

  private static boolean passes(String name, VitalSigns.Check check) {
    try {
      return check.passes();
    } catch (Exception e) {
      System.err.println(name + ": " + e);
      return false;
    }
  }
}
