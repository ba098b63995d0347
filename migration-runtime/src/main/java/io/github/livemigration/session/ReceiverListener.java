package io.github.livemigration.session;

/**
 * What somebody who runs a receiver may want to know. Called from internal threads; must not block
 * for long.
 */
public interface ReceiverListener extends MigrationListener {
  /**
   * A target runs here from now on, though most of its memory may still be on the source.
   *
   * @param pid as the target sees it
   * @param hostPid in the receiver's PID namespace
   */
  default void resumed(int pid, int hostPid) {}

  /** A migration has come to its end, well or not. */
  default void finished(MigrationReport report) {}

  /** A connection or a migration failed; the receiver goes on listening. */
  default void rejected(String message, Throwable cause) {}

  /**
   * A process that had moved here has ended.
   *
   * @param pid as it saw itself
   * @param exitStatus 0 to 255, as a shell reports it
   */
  default void ended(int pid, int exitStatus) {}
}
