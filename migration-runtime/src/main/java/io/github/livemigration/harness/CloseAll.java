package io.github.livemigration.harness;

import org.jspecify.annotations.Nullable;

/** Closes several things, each whatever happens to the others. Not thread-safe. */
final class CloseAll {

  private @Nullable RuntimeException first;

  void run(Runnable closing) {
    try {
      closing.run();
    } catch (RuntimeException e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  /** Throw the first failure, with the later ones attached. */
  void throwFirst() {
    if (first != null) {
      throw first;
    }
  }
}
