package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationListener;

/** Passes warnings on to standard error. */
class PlainListener implements MigrationListener {
  @Override
  public void warned(String message) {
    System.err.println("warning: " + message);
  }
}
