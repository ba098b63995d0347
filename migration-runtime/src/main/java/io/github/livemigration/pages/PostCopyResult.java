package io.github.livemigration.pages;

import java.time.Duration;

/**
 * What post-copy has done, by pages of the map. Every page is counted once, in the way in which it
 * was settled first: {@code hotPages + zeroPages + pushedPages + demandPages + droppedPages +
 * missingPages == totalPages}.
 *
 * @param processEnded whether the process ended before everything was there; what was missing then
 *     is dropped
 * @param totalPages pages of the map
 * @param hotPages pages that were there at the start
 * @param zeroPages pages of zeros, which cost no transfer
 * @param pushedPages pages that the background push brought
 * @param demandPages pages that came as the answer to a fault, neighbours included
 * @param droppedPages pages that the process gave back or unmapped before they came
 * @param missingPages pages that are still to come; 0 when post-copy is complete
 * @param faults how long threads waited
 * @param pageBytes bytes of pages received, whatever became of them
 * @param drain from the start until everything was there, or until now
 * @param checksum value of the {@link PageChecksum} of all pages except the hot ones; 0 without
 *     verification
 * @param checksummedPages pages in the checksum
 * @param forkedAddressSpaces children that were forked meanwhile and were served too
 */
public record PostCopyResult(
    boolean processEnded,
    long totalPages,
    long hotPages,
    long zeroPages,
    long pushedPages,
    long demandPages,
    long droppedPages,
    long missingPages,
    FaultStatistics faults,
    long pageBytes,
    Duration drain,
    long checksum,
    long checksummedPages,
    int forkedAddressSpaces) {

  /** Returns whether every page is settled and was counted once. */
  boolean addsUp() {
    return hotPages + zeroPages + pushedPages + demandPages + droppedPages == totalPages;
  }

  /** Returns the pages that are settled. */
  public long settledPages() {
    return totalPages - missingPages;
  }
}
