package io.github.livemigration.session;

/**
 * The destination needs nothing more from the source (payload of COMPLETE).
 *
 * @param totalPages that were to come
 * @param precopiedPages that came with the plan and still held
 * @param hotPages that came with the image
 * @param zeroPages that hold only zeros
 * @param pushedPages brought by the background push
 * @param demandPages brought because a thread waited
 * @param droppedPages that the target gave up before they came
 * @param missingPages still missing: 0, unless the process has ended
 * @param processEnded whether the process ended before its pages had come
 * @param checksum sum over all pages, where it was asked for
 * @param checksummedPages that the sum covers
 * @param faults threads that waited for a page
 * @param drainNanos from the first request to the last page
 */
public record PageCompletion(
    long totalPages,
    long precopiedPages,
    long hotPages,
    long zeroPages,
    long pushedPages,
    long demandPages,
    long droppedPages,
    long missingPages,
    boolean processEnded,
    long checksum,
    long checksummedPages,
    FaultLatency faults,
    long drainNanos) {

  /** Returns how many pages are accounted for. */
  long accountedPages() {
    return precopiedPages
        + hotPages
        + zeroPages
        + pushedPages
        + demandPages
        + droppedPages
        + missingPages;
  }
}
