package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.livemigration.image.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class PageMapTest {
  private static final long PAGE = 4096;

  private final PageMap map =
      PageMap.of(
          List.of(new PageRun(0x10_000, 2), new PageRun(0x12_000, 1), new PageRun(0x20_000, 3)));

  @Test
  void indexesAreDenseInAddressOrder() {
    assertThat(map.pageCount()).isEqualTo(6);
    assertThat(map.lengthBytes()).isEqualTo(6 * PAGE);
    assertThat(map.indexOf(0x10_000)).isZero();
    assertThat(map.indexOf(0x12_fff)).isEqualTo(2);
    assertThat(map.indexOf(0x20_000)).isEqualTo(3);
    assertThat(map.indexOf(0x22_fff)).isEqualTo(5);
    assertThat(map.addressOf(2)).isEqualTo(0x12_000);
    assertThat(map.addressOf(5)).isEqualTo(0x22_000);
  }

  @Test
  void whatIsNotToComeHasNoIndex() {
    assertThat(List.of(0L, 0xf_fffL, 0x13_000L, 0x1f_fffL, 0x23_000L, -1L))
        .allSatisfy(address -> assertThat(map.indexOf(address)).isEqualTo(-1));
    assertThat(PageMap.empty().indexOf(0)).isEqualTo(-1);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> map.addressOf(6));
  }

  @Test
  void runsThatTouchAreOne() {
    assertThat(map.runs()).containsExactly(new PageRun(0x10_000, 3), new PageRun(0x20_000, 3));
    assertThat(map.contiguousFrom(1)).isEqualTo(2);
    assertThat(map.contiguousBefore(5)).isEqualTo(2);
    assertThat(PageMap.ofRanges(map.ranges())).isEqualTo(map).hasSameHashCodeAs(map);
    assertThat(map).hasToString("6 pages in 2 runs");
  }

  @Test
  void containsOnlyWholeRuns() {
    assertThat(map.contains(0x10_000, 3)).isTrue();
    assertThat(map.contains(0x10_000, 4)).isFalse();
    assertThat(map.contains(0x1f_000, 2)).isFalse();
  }

  @Test
  void ceilingIsTheNextPage() {
    assertThat(map.ceilingIndex(0)).isZero();
    assertThat(map.ceilingIndex(0x11_000)).isEqualTo(1);
    assertThat(map.ceilingIndex(0x11_001)).isEqualTo(2);
    assertThat(map.ceilingIndex(0x13_000)).isEqualTo(3);
    assertThat(map.ceilingIndex(0x20_000)).isEqualTo(3);
    assertThat(map.ceilingIndex(0x30_000)).isEqualTo(6);
  }

  @Test
  void pagesAreFoundByRangesThatMayReachBeyondTheMap() {
    BitSet expected = new BitSet();
    expected.set(1, 3);
    List<AddressRange> ranges =
        List.of(new AddressRange(0x12_000, 0x4000), new AddressRange(0x11_000, 0x2000));

    assertThat(map.indexesWithin(ranges)).isEqualTo(expected);
    assertThat(map.rangesOf(expected)).containsExactly(new AddressRange(0x11_000, 0x2000));
  }

  @Test
  void hostileRunsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PageMap.of(List.of(new PageRun(0x10_000, 2), new PageRun(0x11_000, 1))))
        .withMessageContaining("at 0x11000 overlaps the one before, which ends at 0x12000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PageMap.of(List.of(new PageRun(0x20_000, 1), new PageRun(0x10_000, 1))))
        .withMessageContaining("out of order");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PageMap.of(List.of(new PageRun(0x10_000, (1L << 30) + 1))))
        .withMessage("page count 1073741825 exceeds the limit 1073741824");
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(0x10_001, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(-PAGE, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(0x10_000, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(0x10_000, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(0x10_000, Long.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRun(0x10_000, 1L << 52));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PageRun(AddressRange.USER_SPACE_END - PAGE, 2));
    assertThat(new PageRun(AddressRange.USER_SPACE_END - PAGE, 1).endAddress())
        .isEqualTo(AddressRange.USER_SPACE_END);
  }

  @Property(tries = 300)
  void lookUpsAgreeWithASortedMap(
      @ForAll @Size(max = 12) List<@IntRange(max = 5) Integer> gaps,
      @ForAll @Size(min = 12, max = 12) List<@IntRange(min = 1, max = 5) Integer> lengths) {
    List<PageRun> runs = new ArrayList<>();
    TreeMap<Long, Integer> indexes = new TreeMap<>();
    long page = 16;
    for (int i = 0; i < gaps.size(); i++) {
      page += gaps.get(i);
      runs.add(new PageRun(page * PAGE, lengths.get(i)));
      for (int k = 0; k < lengths.get(i); k++) {
        indexes.put(page * PAGE, indexes.size());
        page++;
      }
    }
    PageMap built = PageMap.of(runs);

    assertThat(built.pageCount()).isEqualTo(indexes.size());
    for (long address = 15 * PAGE; address < (page + 1) * PAGE; address += PAGE) {
      assertThat(built.indexOf(address)).isEqualTo(indexes.getOrDefault(address, -1));
      Map.Entry<Long, Integer> next = indexes.ceilingEntry(address);
      assertThat(built.ceilingIndex(address))
          .isEqualTo(next == null ? indexes.size() : next.getValue());
    }
    indexes.forEach((address, index) -> assertThat(built.addressOf(index)).isEqualTo(address));
  }
}
