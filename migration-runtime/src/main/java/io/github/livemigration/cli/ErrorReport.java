package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationException;
import io.github.livemigration.session.MigrationFailedException;
import io.github.livemigration.session.MigrationRefusedException;
import java.io.PrintStream;

/** Tells the user about an error in one line on standard error, and maps it to an exit status. */
final class ErrorReport {
  private final boolean verbose;
  private final PrintStream err = System.err;

  ErrorReport(boolean verbose) {
    this.verbose = verbose;
  }

  int print(Exception e) {
    String words = words(e);
    String kind = "error";
    if (e instanceof MigrationRefusedException) {
      kind = "refused";
    } else if (e instanceof MigrationException) {
      kind = "failed";
    }
    err.println(kind + ": " + words.replaceAll("\\s*\\R\\s*", " "));
    if (verbose) {
      e.printStackTrace(err);
    }
    return e instanceof MigrationFailedException ? ExitStatus.FAILED : ExitStatus.UNHARMED;
  }

  static String words(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
