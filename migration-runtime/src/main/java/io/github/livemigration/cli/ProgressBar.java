package io.github.livemigration.cli;

import java.io.PrintStream;

/** Shows on a terminal how the pages drain. Safe to be called from several threads. */
final class ProgressBar extends PlainListener {
  private static final int WIDTH = 40;
  private static final int PAGES_PER_MIB = 256;

  private final PrintStream terminal;
  private int shownTenths = -1;

  ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void pagesArrived(long pagesDone, long pagesTotal) {
    int tenths = pagesTotal == 0 ? 1000 : (int) (pagesDone * 1000 / pagesTotal);
    if (tenths <= shownTenths) {
      return;
    }
    shownTenths = tenths;
    int filled = tenths * WIDTH / 1000;
    terminal.printf(
        "\rmemory [%s%s] %5.1f %%  %d of %d MiB%s",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        tenths / 10.0,
        pagesDone / PAGES_PER_MIB,
        pagesTotal / PAGES_PER_MIB,
        tenths == 1000 ? "\n" : "");
    terminal.flush();
    if (tenths == 1000) {
      shownTenths = -1;
    }
  }
}
