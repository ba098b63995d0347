package io.github.livemigration.sample;

import java.util.HashMap;
import java.util.Map;

/**
 * Options of a program in the form {@code --name value}, and {@code --name} for those that are on
 * or off. Immutable.
 */
final class Options {

  private static final int USAGE = 2;

  private final Map<String, String> given;

  private Options(Map<String, String> given) {
    this.given = given;
  }

  /** Read the arguments; end the program with a message and status 2 if one is not understood. */
  static Options parse(String[] arguments, Map<String, String> known) {
    Map<String, String> given = new HashMap<>(known);
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      String preset = known.get(name);
      if (preset == null) {
        throw fail("unknown argument " + arguments[i] + ", known are --" + names(known));
      }
      boolean onOrOff = preset.equals("false");
      if (!onOrOff && i + 1 == arguments.length) {
        throw fail(arguments[i] + " needs a value");
      }
      given.put(name, onOrOff ? "true" : arguments[++i]);
    }
    return new Options(given);
  }

  private static String names(Map<String, String> known) {
    return String.join(", --", known.keySet().stream().sorted().toList());
  }

  private static IllegalStateException fail(String message) {
    System.err.println(message);
    System.exit(USAGE);
    return new IllegalStateException(message);
  }

  String text(String name) {
    return given.getOrDefault(name, "");
  }

  boolean flag(String name) {
    return text(name).equals("true");
  }

  /** A number that is not negative. */
  double number(String name) {
    try {
      double number = Double.parseDouble(text(name));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw fail("--" + name + " is a number, not " + text(name));
    }
    throw fail("--" + name + " is not negative, " + text(name) + " is");
  }

  /** A whole number that is not negative. */
  int count(String name) {
    return (int) number(name);
  }
}
