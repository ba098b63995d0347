package io.github.livemigration.session;

/**
 * Pages of the target by the way they took, each a count of 4096-byte pages.
 *
 * @param resident pages that the source held at the freeze
 * @param zero pages that were all zeros and cost no transfer
 * @param precopied pages that went ahead before the freeze and were still valid
 * @param hot pages that went with the process image, because the first instructions touch them
 * @param pushed pages that the background push brought
 * @param demand pages that a thread was waiting for
 */
public record PageCounts(
    long resident, long zero, long precopied, long hot, long pushed, long demand) {

  /** No page at all. */
  public static final PageCounts NONE = new PageCounts(0, 0, 0, 0, 0, 0);

  /** Pages that are accounted for: the sum over all ways, without {@code resident}. */
  public long arrived() {
    return zero + precopied + hot + pushed + demand;
  }
}
