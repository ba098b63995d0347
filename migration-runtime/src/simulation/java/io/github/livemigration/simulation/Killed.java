package io.github.livemigration.simulation;

/** Unwinds a thread whose program was killed; whatever it still tries to do does not happen. */
final class Killed extends Error {
  private static final long serialVersionUID = 1L;

  Killed() {
    super("killed", null, false, false);
  }
}
