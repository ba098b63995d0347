package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EpollEntryTest {
  private static final String DISABLED =
      "tfd:        3 events: 40000000 data:     7f1000000003  pos:0 ino:61ae6 sdev:f";
  private static final String EDGE_TRIGGERED =
      "tfd:        6 events: 80000019 data: ffffffffffffffff  pos:0 ino:40e sdev:10";

  @Test
  void allEntriesAreReadInTheirOrder() {
    assertThat(EpollEntry.parse(List.of(EDGE_TRIGGERED, DISABLED)))
        .containsExactly(
            new EpollEntry(6, 0x8000_0019, -1), new EpollEntry(3, 1 << 30, 0x7f10_0000_0003L));
    assertThat(EpollEntry.parse(List.of())).isEmpty();
  }

  @Test
  void anythingElseIsQuoted() {
    assertThatThrownBy(() -> EpollEntry.parse(List.of(DISABLED, "tfd: -1 events: 0 data: 0")))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessageContaining("tfd: -1 events: 0 data: 0");
  }
}
