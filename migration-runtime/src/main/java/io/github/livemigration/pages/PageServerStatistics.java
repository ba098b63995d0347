package io.github.livemigration.pages;

/**
 * What a page server has answered so far.
 *
 * @param requests answered requests
 * @param pages pages in the answers, those of zeros included
 * @param zeroPages pages of zeros, whose bytes were not sent
 * @param bytes bytes of pages sent
 */
public record PageServerStatistics(long requests, long pages, long zeroPages, long bytes) {
  /** Nothing yet. */
  public static final PageServerStatistics NONE = new PageServerStatistics(0, 0, 0, 0);

  /** Returns the sum of two. */
  public PageServerStatistics plus(PageServerStatistics other) {
    return new PageServerStatistics(
        requests + other.requests,
        pages + other.pages,
        zeroPages + other.zeroPages,
        bytes + other.bytes);
  }
}
