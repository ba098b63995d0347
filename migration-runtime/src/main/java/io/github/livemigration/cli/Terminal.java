package io.github.livemigration.cli;

import io.github.livemigration.linux.FileStat;

/** Tells whether a person is looking at standard error. */
final class Terminal {
  /**
   * Major numbers of virtual consoles, of /dev/tty, and of the eight groups of pseudo terminals.
   */
  private static final int CONSOLE = 4;

  private static final int CURRENT = 5;
  private static final int FIRST_PSEUDO = 136;
  private static final int LAST_PSEUDO = 143;

  private Terminal() {}

  static boolean showsErrors() {
    FileStat stream = FileStat.of("/proc/self/fd/2");
    int major = stream.rdevMajor();
    return stream.type() == FileStat.TYPE_CHARACTER
        && (major == CONSOLE
            || major == CURRENT
            || (major >= FIRST_PSEUDO && major <= LAST_PSEUDO));
  }
}
