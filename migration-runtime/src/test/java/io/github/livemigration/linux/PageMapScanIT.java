package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageMapScanIT {
  private static final int PAGE = NativeBuffer.PAGE_SIZE;
  private static final long ANY = PageMapScan.PRESENT | PageMapScan.SWAPPED;
  private static final long USER_END = 0x7fff_ffff_f000L;
  private final PageMapScan scan = PageMapScan.open(SelfProcess.pid());

  /** Pages from start to end, with categories. */
  private record Run(long start, long end, long categories) {}

  @AfterEach
  void close() {
    scan.close();
  }

  @Test
  void onlyTouchedPagesAreListed() {
    try (Mapping mapping = Mapping.ofPages(8)) {
      mapping.write(1, 1);
      mapping.write(2, 1);
      mapping.write(5, 1);

      assertThat(runs(mapping, ANY))
          .containsExactly(
              new Run(mapping.page(1), mapping.page(3), PageMapScan.PRESENT),
              new Run(mapping.page(5), mapping.page(6), PageMapScan.PRESENT));
    }
  }

  @Test
  void pageThatWasOnlyReadIsTheZeroPage() {
    try (Mapping mapping = Mapping.ofPages(2)) {
      mapping.read(0);

      long zero = HostFeatures.sharesPageOfZeros() ? PageMapScan.PFNZERO : 0;
      assertThat(runs(mapping, ANY | PageMapScan.PFNZERO))
          .containsExactly(new Run(mapping.page(0), mapping.page(1), PageMapScan.PRESENT | zero));
    }
  }

  @Test
  void moreRunsThanOneCallReturnsAreAllListed() {
    int pages = 6000;
    try (Mapping mapping = Mapping.ofPages(pages)) {
      mapping.withoutHugePages();
      for (int page = 0; page < pages; page += 2) {
        mapping.write(page, 1);
      }

      List<Run> runs = runs(mapping, ANY);
      assertThat(runs).hasSize(pages / 2);
      assertThat(runs.get(2999).start()).isEqualTo(mapping.page(5998));
    }
  }

  @Test
  void runsAreListedOnceWhereTheKernelNeedsASecondWalk() {
    int pages = 1400;
    try (Mapping mapping = Mapping.ofPages(pages)) {
      mapping.withoutHugePages();
      for (int page = 0; page < pages; page += 2) {
        mapping.write(page, 1);
      }

      assertThat(runs(mapping, ANY)).hasSize(pages / 2).doesNotHaveDuplicates();
    }
  }

  @Test
  void longRunComesInPartsThatFollowEachOther() {
    int pages = 20_000;
    try (Mapping mapping = Mapping.ofPages(pages)) {
      mapping.withoutHugePages();
      for (int page = 0; page < pages; page++) {
        mapping.write(page, 1);
      }

      List<Run> runs = runs(mapping, ANY);
      assertThat(runs).hasSizeGreaterThan(1);
      long next = mapping.page(0);
      for (Run run : runs) {
        assertThat(run.start()).isEqualTo(next);
        next = run.end();
      }
      assertThat(next).isEqualTo(mapping.page(pages));
    }
  }

  @Test
  void wholeAddressSpaceIsScannedInOneGo() {
    long[] bytes = new long[1];
    scan.scan(0, USER_END, 0, ANY, 0, ANY, (start, end, categories) -> bytes[0] += end - start);

    assertThat(bytes[0]).isGreaterThan(1 << 20);
  }

  @Test
  void writesAreTrackedBetweenScans() {
    try (UserfaultFd userfault = UserfaultFd.create(0);
        Mapping mapping = Mapping.ofPages(8)) {
      userfault.api(UserfaultFd.FEATURE_WP_ASYNC | UserfaultFd.FEATURE_WP_UNPOPULATED);
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_WP);
      userfault.writeProtect(mapping.page(0), mapping.length(), true);
      mapping.write(3, 1);

      assertThat(written(mapping)).containsExactly(mapping.page(3));
      assertThat(written(mapping)).isEmpty();
      mapping.write(3, 2);
      mapping.write(7, 2);
      assertThat(written(mapping)).containsExactly(mapping.page(3), mapping.page(7));
      assertThat(mapping.read(3)).isEqualTo(2);
    }
  }

  @Test
  void rangeWithoutTrackingIsRefused() {
    try (Mapping mapping = Mapping.ofPages(1)) {
      assertThatThrownBy(() -> written(mapping))
          .isInstanceOf(SystemCallException.class)
          .hasMessageContaining("PAGEMAP_SCAN, 0x")
          .hasMessageEndingWith("EPERM (Operation not permitted)");
    }
  }

  private List<Run> runs(Mapping mapping, long categories) {
    List<Run> runs = new ArrayList<>();
    scan.scan(
        mapping.page(0),
        mapping.page(0) + mapping.length(),
        0,
        ANY,
        0,
        categories,
        (start, end, found) -> runs.add(new Run(start, end, found)));
    return runs;
  }

  private List<Long> written(Mapping mapping) {
    List<Long> pages = new ArrayList<>();
    scan.scanAndWriteProtect(
        mapping.page(0),
        mapping.page(0) + mapping.length(),
        PageMapScan.WRITTEN,
        0,
        0,
        PageMapScan.WRITTEN,
        (start, end, found) -> {
          for (long page = start; page < end; page += PAGE) {
            pages.add(page);
          }
        });
    return pages;
  }
}
