package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chases pointers through memory of this process. */
class WorkingSetTest {
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;
  private static final int PAGES = 2048;

  private final NativeBuffer memory = NativeBuffer.allocate(PAGES * PAGE_BYTES);
  private final ProcessMemory self = ProcessMemory.open(SelfProcess.pid());
  private final PageMap all =
      PageMap.ofRanges(List.of(new AddressRange(memory.address(), (long) PAGES * PAGE_BYTES)));

  @AfterEach
  void close() {
    self.close();
  }

  private long page(int number) {
    return memory.address() + (long) number * PAGE_BYTES;
  }

  private void point(int from, int to) {
    memory.putLong(from * PAGE_BYTES + 8 * (to % 512), page(to) + 24);
  }

  private List<Long> read(PageMap pages, Long... known) {
    List<Long> addresses = new ArrayList<>();
    for (PageContents contents :
        new WorkingSet(self, pages, PageMap.empty()).read(List.of(known))) {
      int offset = (int) (contents.startAddress() - page(0));
      assertThat(contents.hot()).isTrue();
      assertThat(contents.bytes()).isEqualTo(memory.copy(offset, contents.bytes().length));
      for (long address = contents.startAddress();
          address < contents.range().endAddress();
          address += PAGE_BYTES) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  @Test
  void pagesThatKnownPagesPointToAreReadToo() {
    point(5, 9);
    point(9, 300);
    point(300, 5);

    assertThat(read(all, page(5))).containsExactlyInAnyOrder(page(5), page(9), page(300));
  }

  @Test
  void pagesThatNeedNotComeAreLeftOut() {
    point(5, 9);
    PageMap onlyTen = PageMap.ofRanges(List.of(new AddressRange(page(10), PAGE_BYTES)));

    assertThat(read(onlyTen, page(5))).isEmpty();
    assertThat(read(PageMap.empty(), page(5))).isEmpty();
  }

  @Test
  void guessesAreLimited() {
    for (int i = 0; i + 1 < PAGES; i++) {
      point(i, i + 1);
    }

    assertThat(read(all, page(0))).hasSize(WorkingSet.MAXIMUM_GUESSES + 1);
  }
}
