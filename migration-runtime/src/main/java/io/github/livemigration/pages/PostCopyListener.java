package io.github.livemigration.pages;

/** Hears how post-copy goes on; called by its threads, so it must not block, and must not throw. */
public interface PostCopyListener {

  /**
   * Pages are settled; called at most ten times a second, and at the end.
   *
   * @param settledPages pages that are present or dropped
   * @param totalPages pages of the map
   */
  default void progress(long settledPages, long totalPages) {}

  /**
   * The process has forked, and its child is served too.
   *
   * @param addressSpaces address spaces that are served now
   */
  default void processForked(int addressSpaces) {}

  /** Returns a listener that ignores everything. */
  static PostCopyListener none() {
    return new PostCopyListener() {};
  }
}
