package io.github.livemigration.session;

/**
 * What somebody who watches a migration may want to see. Called from internal threads; must not
 * block.
 */
public interface MigrationListener {
  /** A step of the life of a migration has begun. */
  default void phaseBegan(String name) {}

  /**
   * Pages have arrived.
   *
   * @param pagesDone installed so far
   * @param pagesTotal to come in all
   */
  default void pagesArrived(long pagesDone, long pagesTotal) {}

  /**
   * The session can be taken over by another sender if this one dies.
   *
   * @param session its name, for {@link Sender#resume}
   */
  default void sessionNoted(String session) {}

  /** Something did not go as wished, but the migration goes on. */
  default void warned(String message) {}

  /** Returns a listener that looks away. */
  static MigrationListener none() {
    return new MigrationListener() {};
  }
}
