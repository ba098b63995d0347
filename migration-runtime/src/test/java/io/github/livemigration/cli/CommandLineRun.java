package io.github.livemigration.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One run of the command line in this JVM, with what it said on standard error. */
record CommandLineRun(int status, String err) {

  static CommandLineRun of(String... arguments) {
    PrintStream original = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setErr(captured);
      int status = Main.commandLine().execute(arguments);
      return new CommandLineRun(status, bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(original);
    }
  }

  /** Returns the one line that was said. */
  String line() {
    String line = err.stripTrailing();
    if (line.contains("\n")) {
      throw new AssertionError("more than one line: " + line);
    }
    return line;
  }
}
