package io.github.livemigration.session;

/** What was read of the target's memory before the freeze was no longer true at the freeze. */
final class MappingsChangedException extends Exception {
  private static final long serialVersionUID = 1L;

  MappingsChangedException() {
    super("the flags of a mapping changed between the first look at the process and its freeze");
  }
}
