package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Masks are those of pages that stand in rows, as random bits hardly ever do. */
final class PageBufferTest {
  private static final int PAGE = PageRun.PAGE_BYTES;

  @Property(tries = 300)
  void pagesComeToTheirPlacesWithZerosBetween(
      @ForAll @IntRange(min = 1, max = 64) int count, @ForAll long one, @ForAll long other) {
    long zeroMask = (one | other) & -1L >>> (64 - count);
    long longZeros = ZeroPages.longRuns(zeroMask);
    PageBuffer buffer = PageBuffer.ofThisThread();
    ByteBuffer bytes = buffer.memory().bytes();
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) -1);
    }
    int sent = 0;
    for (int page = 0; page < count; page++) {
      if ((zeroMask >>> page & 1) == 0) {
        mark(bytes, sent, page);
        sent++;
      }
    }

    buffer.spread(count, zeroMask, longZeros);

    for (int page = 0; page < count; page++) {
      boolean zero = (zeroMask >>> page & 1) != 0;
      if (!zero || (longZeros >>> page & 1) == 0) {
        assertThat(bytes.get(page * PAGE)).isEqualTo((byte) (zero ? 0 : page));
        assertThat(bytes.get((page + 1) * PAGE - 1)).isEqualTo((byte) (zero ? 0 : page));
      }
    }
  }

  private static void mark(ByteBuffer bytes, int place, int page) {
    bytes.put(place * PAGE, (byte) page);
    bytes.put((place + 1) * PAGE - 1, (byte) page);
  }

  @Property(tries = 1000)
  void longRunsAreThoseOfEightAndMore(@ForAll long one, @ForAll long other, @ForAll long another) {
    long mask = one | other | another;
    long expected = 0;
    int page = 0;
    while (page < Long.SIZE) {
      int end = page;
      while (end < Long.SIZE && (mask >>> end & 1) != 0) {
        end++;
      }
      if (end - page >= ZeroPages.LONG_RUN) {
        for (int i = page; i < end; i++) {
          expected |= 1L << i;
        }
      }
      page = end + 1;
    }

    assertThat(ZeroPages.longRuns(mask)).isEqualTo(expected);
  }
}
