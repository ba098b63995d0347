package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProcessStatTest {
  private static final String STAT =
      "4711 (sh) (a b) S 1 4712 4713 34816 -1 4194304 111 0 2 0 31 32 0 0 20 -5 3 0 204562 2490368"
          + " 231 18446744073709551615 94000001 94000002 140727000000000 0 0 0 4096 65538 1 0 0 0 17 1"
          + " 10 2 0 0 0 94100001 94100002 94200000 140727000000100 140727000000103 140727000000110"
          + " 140727000000111 256\n";

  @Test
  void threadThatServesStorageHasTwoFlags() {
    assertThat(parse(STAT).isIoFlusher()).isFalse();
    assertThat(parse(STAT.replace(" 4194304 ", " " + (4194304 | 0x80000) + " ")).isIoFlusher())
        .as("while the kernel allocates memory")
        .isFalse();
    assertThat(parse(STAT.replace(" 4194304 ", " " + (4194304 | 0x180000) + " ")).isIoFlusher())
        .isTrue();
  }

  @Test
  void everyFieldIsRead() {
    ProcessStat stat = parse(STAT);

    assertThat(stat.pid()).isEqualTo(4711);
    assertThat(stat.comm()).isEqualTo("sh) (a b");
    assertThat(stat.state()).isEqualTo('S');
    assertThat(stat.ppid()).isEqualTo(1);
    assertThat(stat.pgrp()).isEqualTo(4712);
    assertThat(stat.session()).isEqualTo(4713);
    assertThat(stat.ttyNr()).isEqualTo(34816);
    assertThat(stat.tpgid()).isEqualTo(-1);
    assertThat(stat.isKernelThread()).isFalse();
    assertThat(stat.userTicks()).isEqualTo(31);
    assertThat(stat.systemTicks()).isEqualTo(32);
    assertThat(stat.priority()).isEqualTo(20);
    assertThat(stat.nice()).isEqualTo(-5);
    assertThat(stat.threads()).isEqualTo(3);
    assertThat(stat.startTicks()).isEqualTo(204562);
    assertThat(stat.startCode()).isEqualTo(94000001);
    assertThat(stat.endCode()).isEqualTo(94000002);
    assertThat(stat.startStack()).isEqualTo(140727000000000L);
    assertThat(stat.exitSignal()).isEqualTo(17);
    assertThat(stat.processor()).isEqualTo(1);
    assertThat(stat.rtPriority()).isEqualTo(10);
    assertThat(stat.policy()).isEqualTo(2);
    assertThat(stat.startData()).isEqualTo(94100001);
    assertThat(stat.endData()).isEqualTo(94100002);
    assertThat(stat.startBrk()).isEqualTo(94200000);
    assertThat(stat.argStart()).isEqualTo(140727000000100L);
    assertThat(stat.argEnd()).isEqualTo(140727000000103L);
    assertThat(stat.envStart()).isEqualTo(140727000000110L);
    assertThat(stat.envEnd()).isEqualTo(140727000000111L);
    assertThat(stat.exitCode()).isEqualTo(256);
  }

  @Test
  void kernelThreadIsTold() {
    assertThat(parse(STAT.replace(" 4194304 ", " 2129984 ")).isKernelThread()).isTrue();
  }

  @Test
  void wrongLineIsQuoted() {
    assertThatThrownBy(() -> parse("4711 sh S 1"))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessage("stat: cannot parse \"4711 sh S 1\"");
    assertThatThrownBy(() -> parse(STAT.replace(" 4712 ", " x ")))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessageContaining(" x 4713 ");
    assertThatThrownBy(() -> parse(STAT.substring(0, 100)))
        .isInstanceOf(UnparsableLineException.class);
  }

  private static ProcessStat parse(String text) {
    return ProcessStat.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
