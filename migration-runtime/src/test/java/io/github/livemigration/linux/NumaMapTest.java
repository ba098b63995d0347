package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NumaMapTest {
  @Test
  void policiesOfEachForm() {
    String text =
        """
        558357c65000 default file=/usr/bin/a mapped=1 N0=1 kernelpagesize_kB=4
        558357c66000 bind=static:0-1 heap anon=1 dirty=1
        558357c67000 weighted interleave:0,1 anon=1
        558357c68000 prefer (many):0
        7ffd0d5e1000 local stack
        """;

    assertThat(NumaMap.parse(text))
        .extracting(NumaMap::policy)
        .containsExactly(
            "default", "bind=static:0-1", "weighted interleave:0,1", "prefer (many):0", "local");
    assertThat(NumaMap.parse(text).get(0).start()).isEqualTo(0x558357c65000L);
  }

  @Test
  void otherTextIsRefused() {
    assertThatThrownBy(() -> NumaMap.parse("default")).isInstanceOf(UnparsableLineException.class);
  }
}
