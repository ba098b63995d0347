package io.github.livemigration.session;

/**
 * What the destination knows about a session.
 *
 * @param fate how far the session has come
 */
record SessionState(Fate fate) {
  /** How far a session has come on the destination. */
  enum Fate {
    /** COMMIT has not come and is not obeyed any more; nothing of the target is here. */
    ROLLED_BACK,
    /** The target lives here and misses pages. */
    RUNNING,
    /** The target lives here with all its pages; COMPLETE follows. */
    ARRIVED,
    /** The target lives here, or has ended by itself; nothing more is needed. */
    COMPLETED,
    /** The target was killed here, as its memory could not be made whole. */
    FAILED
  }
}
