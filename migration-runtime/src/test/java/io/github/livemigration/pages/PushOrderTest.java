package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PushOrderTest {
  private final PageMap map =
      PageMap.of(List.of(new PageRun(0x10_000, 2000), new PageRun(0x10_000_000, 100)));
  private final PushOrder order = new PushOrder(map);
  private final BitSet asked = new BitSet();
  private final PushOrder.Wanted wanted =
      new PushOrder.Wanted() {
        @Override
        public int first(int from, int end) {
          return Math.min(end, asked.nextClearBit(from));
        }

        @Override
        public int endFrom(int from, int end) {
          int next = asked.nextSetBit(from);
          return next < 0 ? end : Math.min(end, next);
        }
      };

  /** Asks like the push does: every page once. */
  private String next(int maximumPages) {
    long next = order.next(maximumPages, wanted);
    if (next == PushOrder.NOTHING) {
      return "nothing";
    }
    int index = PushOrder.indexOf(next);
    int count = PushOrder.countOf(next);
    asked.set(index, index + count);
    return index + "+" + count;
  }

  @Test
  void withoutFaultsPagesComeInAddressOrder() {
    assertThat(next(64)).isEqualTo("0+64");
    assertThat(next(64)).isEqualTo("64+64");
  }

  @Test
  void requestEndsWhereItsRunEnds() {
    asked.set(0, 1990);

    assertThat(next(64)).isEqualTo("1990+10");
    assertThat(next(64)).isEqualTo("2000+64");
    assertThat(next(64)).isEqualTo("2064+36");
    assertThat(next(64)).isEqualTo("nothing");
  }

  @Test
  void requestEndsWhereSomebodyElseHasAsked() {
    asked.set(0);
    asked.set(10, 20);

    assertThat(next(64)).isEqualTo("1+9");
    assertThat(next(64)).isEqualTo("20+64");
  }

  @Test
  void pagesAfterAFaultComeFirstThenThoseBeforeThenTheRest() {
    asked.set(1000, 1008);
    order.hint(1000);

    assertThat(next(64)).isEqualTo("1008+64");
    asked.set(1072, 1000 + PushOrder.PAGES_AHEAD);
    assertThat(next(64)).isEqualTo("984+16");
    assertThat(next(64)).isEqualTo("0+64");
  }

  @Test
  void newestFaultComesFirst() {
    order.hint(100);
    order.hint(2050);

    assertThat(next(64)).isEqualTo("2050+50");
    assertThat(next(64)).isEqualTo("2034+16");
    assertThat(next(64)).isEqualTo("100+64");
  }

  @Test
  void threadThatWalksOnLeavesOneTrail() {
    for (int i = 0; i < 1000; i += 8) {
      asked.set(i, i + 8);
      order.hint(i);
    }
    order.hint(2000);
    asked.set(2000, 2100);

    assertThat(next(64)).isEqualTo("1000+64");
  }

  @Test
  void oldestOfTooManyFaultsIsForgotten() {
    PageMap scattered =
        PageMap.of(
            java.util.stream.IntStream.range(1, 100)
                .mapToObj(i -> new PageRun(i * 0x10_000_000L, 1))
                .toList());
    PushOrder bounded = new PushOrder(scattered);
    for (int i = 98; i >= 0; i--) {
      bounded.hint(i);
    }
    // 32 hints are kept: pages 0 to 31, the newest first. After them comes what is left, in address
    // order.
    for (int i = 0; i < 99; i++) {
      long next = bounded.next(64, wanted);
      assertThat(PushOrder.indexOf(next)).isEqualTo(i);
      asked.set(i);
    }
  }

  @Test
  void everyPageIsAskedForExactlyOnce() {
    int count = 0;
    for (int i = 0; ; i++) {
      if (i % 3 == 0) {
        order.hint(i * 37 % map.pageCount());
      }
      String next = next(1 + i % 64);
      if (next.equals("nothing")) {
        break;
      }
      count += Integer.parseInt(next.substring(next.indexOf('+') + 1));
    }

    assertThat(count).isEqualTo(map.pageCount());
    assertThat(asked.cardinality()).isEqualTo(map.pageCount());
  }
}
