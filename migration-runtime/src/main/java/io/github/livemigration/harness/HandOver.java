package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.PageCounts;
import java.time.Duration;

/**
 * One move of a target that succeeded: what both sides reported.
 *
 * @param hop which move it was, from 1
 * @param source the report of the side that it left
 * @param destination the report of the side that it reached
 * @param requestedNanoTime when the move was asked for, by {@link System#nanoTime}
 */
public record HandOver(
    int hop, MigrationReport source, MigrationReport destination, long requestedNanoTime) {

  /**
   * One report of the whole: the destination's, with what only the source can know.
   *
   * <p>The downtime and the total are the longer ones of the two sides; pages that went ahead are
   * the source's where the destination did not count them.
   */
  public MigrationReport merged() {
    PageCounts pages = destination.pages();
    PageCounts sent = source.pages();
    PageCounts both =
        new PageCounts(
            Math.max(pages.resident(), sent.resident()),
            pages.zero(),
            Math.max(pages.precopied(), sent.precopied()),
            pages.hot(),
            pages.pushed(),
            pages.demand());
    return destination.toBuilder()
        .mode(source.mode())
        .threads(Math.max(source.threads(), destination.threads()))
        .mappings(Math.max(source.mappings(), destination.mappings()))
        .residentBytes(Math.max(source.residentBytes(), destination.residentBytes()))
        .pages(both)
        .downtime(longer(source.downtime(), destination.downtime()))
        .total(longer(source.total(), destination.total()))
        .build();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
