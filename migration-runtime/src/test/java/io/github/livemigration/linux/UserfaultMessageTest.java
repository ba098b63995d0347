package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserfaultMessageTest {
  private final NativeBuffer messages = NativeBuffer.allocate(2 * UserfaultMessage.BYTES);

  @Test
  void faultIsReadAtItsOffsets() {
    message(0xdead_0012L, 3, 0x7f0000001000L, 4711);

    assertThat(UserfaultMessage.type(messages, 1)).isEqualTo(UserfaultMessage.FAULT);
    assertThat(UserfaultMessage.faultFlags(messages, 1))
        .isEqualTo(UserfaultMessage.FAULT_WRITE | UserfaultMessage.FAULT_WP);
    assertThat(UserfaultMessage.faultAddress(messages, 1)).isEqualTo(0x7f0000001000L);
    assertThat(UserfaultMessage.faultThread(messages, 1)).isEqualTo(4711);
  }

  @Test
  void changesOfLayoutAreReadAtTheirOffsets() {
    message(UserfaultMessage.REMAP, 0x1000, 0x2000, 0x3000);

    assertThat(UserfaultMessage.type(messages, 1)).isEqualTo(UserfaultMessage.REMAP);
    assertThat(UserfaultMessage.remapFrom(messages, 1)).isEqualTo(0x1000);
    assertThat(UserfaultMessage.remapTo(messages, 1)).isEqualTo(0x2000);
    assertThat(UserfaultMessage.remapLength(messages, 1)).isEqualTo(0x3000);
    assertThat(UserfaultMessage.removeStart(messages, 1)).isEqualTo(0x1000);
    assertThat(UserfaultMessage.removeEnd(messages, 1)).isEqualTo(0x2000);
  }

  @Test
  void forkCarriesADescriptor() {
    message(UserfaultMessage.FORK, 0xffffffff_00000009L, 0, 0);

    assertThat(UserfaultMessage.forkFd(messages, 1)).isEqualTo(9);
  }

  private void message(long type, long first, long second, long third) {
    int start = UserfaultMessage.BYTES;
    messages.putLong(start, type);
    messages.putLong(start + 8, first);
    messages.putLong(start + 16, second);
    messages.putLong(start + 24, third);
  }
}
