package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadaheadTest {
  private final Readahead readahead = new Readahead(16);

  private int fault(int index) {
    int count = readahead.pagesFrom(index);
    readahead.asked(index, count);
    return count;
  }

  @Test
  void faultsHereAndThereGetFewPages() {
    assertThat(fault(1000)).isEqualTo(16);
    assertThat(fault(5000)).isEqualTo(16);
    assertThat(fault(3000)).isEqualTo(16);
  }

  @Test
  void threadThatGoesOnGetsMoreUpToAFrame() {
    assertThat(fault(0)).isEqualTo(16);
    assertThat(fault(9000)).isEqualTo(16);
    assertThat(fault(16)).isEqualTo(32);
    assertThat(fault(48)).isEqualTo(64);
    assertThat(fault(112)).isEqualTo(64);
  }

  @Test
  void faultAShortWayBehindTheLastAnswerGoesOn() {
    fault(100);

    assertThat(fault(120)).isEqualTo(32);
  }

  @Test
  void faultsThatStayFarFromOneAnotherGetOnePage() {
    IntStream.range(0, 16).forEach(i -> fault(10_000 * (i + 1)));

    assertThat(fault(1_000_000)).isEqualTo(1);
    assertThat(fault(2_000_000)).isEqualTo(1);
  }

  @Test
  void faultsNearOneAnotherGetAFewPagesAgain() {
    IntStream.range(0, 100).forEach(i -> fault(10_000 * (i + 1)));

    assertThat(fault(900_003)).as("behind one of the last").isEqualTo(16);
    assertThat(fault(950_000 - 10)).as("before one of the last").isEqualTo(16);
    assertThat(fault(990_001)).as("right after a single page").isEqualTo(16);
  }

  @Test
  void oneFaultInFourNearAnotherIsEnoughForAFewPages() {
    int far = 0;
    for (int i = 0; i < 100; i++) {
      boolean near = i % 4 == 0;
      assertThat(fault(near ? far + 20 : (far += 10_000))).isGreaterThanOrEqualTo(16);
    }
  }
}
