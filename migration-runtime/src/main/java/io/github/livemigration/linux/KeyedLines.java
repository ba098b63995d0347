package io.github.livemigration.linux;

import java.util.HashMap;
import java.util.Map;

/**
 * Text of lines {@code key: value}, for parsers: numbers are strict, and what is wrong is quoted.
 */
final class KeyedLines {
  private final String what;
  private final Map<String, String> values = new HashMap<>();

  private KeyedLines(String what) {
    this.what = what;
  }

  static KeyedLines parse(String what, String text) {
    KeyedLines lines = new KeyedLines(what);
    for (int start = 0; start < text.length(); ) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      String line = text.substring(start, end);
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new UnparsableLineException(what, line);
      }
      lines.values.putIfAbsent(line.substring(0, colon), line.substring(colon + 1));
      start = end + 1;
    }
    return lines;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** The value without surrounding white space. */
  String text(String key) {
    return raw(key).strip();
  }

  /** The value after the tab, otherwise as it is. */
  String raw(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new UnparsableLineException(what, "(no line " + key + ")");
    }
    return value.startsWith("\t") ? value.substring(1) : value;
  }

  int integer(String key) {
    return integer(key, 10);
  }

  int octal(String key) {
    return integer(key, 8);
  }

  long decimal(String key) {
    try {
      return Long.parseLong(text(key));
    } catch (NumberFormatException e) {
      throw unparsable(key, e);
    }
  }

  /** A 64-bit set, printed in hexadecimal. */
  long bits(String key) {
    try {
      String digits = text(key);
      return Long.parseUnsignedLong(digits.startsWith("0x") ? digits.substring(2) : digits, 16);
    } catch (NumberFormatException e) {
      throw unparsable(key, e);
    }
  }

  /** Numbers separated by white space; ids above 2^31 become negative. */
  int[] integers(String key) {
    String value = text(key);
    if (value.isEmpty()) {
      return new int[0];
    }
    String[] words = value.split("\\s+", -1);
    int[] numbers = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        numbers[i] = Integer.parseUnsignedInt(words[i]);
      } catch (NumberFormatException e) {
        throw unparsable(key, e);
      }
    }
    return numbers;
  }

  UnparsableLineException unparsable(String key, Throwable cause) {
    UnparsableLineException exception =
        new UnparsableLineException(what, key + ":" + values.get(key));
    exception.initCause(cause);
    return exception;
  }

  private int integer(String key, int radix) {
    try {
      return Integer.parseInt(text(key), radix);
    } catch (NumberFormatException e) {
      throw unparsable(key, e);
    }
  }
}
