package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;

/** Turns what the layers below have counted into the words of a report. */
final class Reports {
  private Reports() {}

  static void addPages(MigrationReport.Builder report, PageCompletion completion) {
    report
        .pages(
            new PageCounts(
                completion.totalPages(),
                completion.zeroPages(),
                completion.precopiedPages(),
                completion.hotPages(),
                completion.pushedPages(),
                completion.demandPages()))
        .residentBytes(completion.totalPages() * AddressRange.PAGE_BYTES)
        .faultLatency(completion.faults());
    long arrived = completion.pushedPages() + completion.demandPages() + completion.zeroPages();
    if (completion.drainNanos() > 0) {
      double seconds = completion.drainNanos() / 1e9;
      report.drainBytesPerSecond((long) (arrived * AddressRange.PAGE_BYTES / seconds));
    }
  }
}
