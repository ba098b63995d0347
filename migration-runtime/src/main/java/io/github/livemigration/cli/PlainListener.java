package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationListener;

/** Passes on to standard error what users may need. */
class PlainListener implements MigrationListener {
  @Override
  public void sessionNoted(String session) {
    System.err.println("session: " + session);
  }

  @Override
  public void warned(String message) {
    System.err.println("warning: " + message);
  }
}
