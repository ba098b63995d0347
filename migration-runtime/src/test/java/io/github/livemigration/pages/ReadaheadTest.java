package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

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
}
