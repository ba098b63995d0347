package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageChecksumTest {
  private static final long ADDRESS = 0x5555_0000_0000L;

  private final PageMap map =
      PageMap.of(List.of(new PageRun(ADDRESS, 100), new PageRun(ADDRESS + 0x1000_0000, 3)));
  private final byte[] content = randomPages(map.pageCount());

  static byte[] randomPages(int count) {
    byte[] pages = new byte[count * PageRun.PAGE_BYTES];
    new Random(count).nextBytes(pages);
    return pages;
  }

  private ByteBuffer page(int index) {
    return ByteBuffer.wrap(content, index * PageRun.PAGE_BYTES, PageRun.PAGE_BYTES);
  }

  @Test
  void orderAndDivisionDoNotMatter() {
    PageChecksum whole =
        PageChecksum.over(
            map,
            (address, count, into) -> {
              int start = map.indexOf(address) * PageRun.PAGE_BYTES;
              into.bytes().put(0, content, start, count * PageRun.PAGE_BYTES);
              return count * PageRun.PAGE_BYTES;
            });
    PageChecksum odd = new PageChecksum();
    PageChecksum even = new PageChecksum();
    for (int i = map.pageCount() - 1; i >= 0; i--) {
      (i % 2 == 0 ? even : odd).add(map.addressOf(i), page(i));
    }
    even.merge(odd);

    assertThat(even.value()).isEqualTo(whole.value()).isNotZero();
    assertThat(even.pageCount()).isEqualTo(whole.pageCount()).isEqualTo(103);
  }

  @Test
  void swappedPagesAreFound() {
    PageChecksum right = new PageChecksum();
    right.add(ADDRESS, page(0));
    right.add(ADDRESS + 4096, page(1));
    PageChecksum swapped = new PageChecksum();
    swapped.add(ADDRESS, page(1));
    swapped.add(ADDRESS + 4096, page(0));

    assertThat(swapped.value()).isNotEqualTo(right.value());
  }

  @Test
  void oneBitIsFound() {
    PageChecksum right = new PageChecksum();
    right.add(ADDRESS, page(0));
    content[2000] ^= 1;
    PageChecksum wrong = new PageChecksum();
    wrong.add(ADDRESS, page(0));

    assertThat(wrong.value()).isNotEqualTo(right.value());
  }

  @Test
  void pageOfZerosNeedsNoBytes() {
    PageChecksum withBytes = new PageChecksum();
    withBytes.add(ADDRESS, ByteBuffer.allocateDirect(4096));
    PageChecksum without = new PageChecksum();
    without.addZero(ADDRESS);

    assertThat(without.value()).isEqualTo(withBytes.value());
    assertThat(without.pageCount()).isEqualTo(1);
  }

  @Test
  void onlyWholePagesAreTaken() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PageChecksum().add(ADDRESS, ByteBuffer.allocate(4095)));
  }
}
