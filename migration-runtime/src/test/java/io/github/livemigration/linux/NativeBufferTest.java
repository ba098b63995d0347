package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NativeBufferTest {
  @Test
  void everyBufferIsPageAlignedAndZeroed() {
    for (int length : new int[] {1, 100, 4096, 4097, 100_000}) {
      NativeBuffer buffer = NativeBuffer.allocate(length);

      assertThat(buffer.address() % NativeBuffer.PAGE_SIZE).isZero();
      assertThat(buffer.length()).isEqualTo(length);
      assertThat(buffer.copy(0, length)).containsOnly(0);
    }
  }

  @Test
  void wordsAreLittleEndian() {
    NativeBuffer buffer = NativeBuffer.allocate(8);
    buffer.putLong(0, 0x1122334455667788L);

    assertThat(buffer.getInt(0)).isEqualTo(0x55667788);
    assertThat(buffer.getShort(6)).isEqualTo((short) 0x1122);
    assertThat(buffer.getByte(7)).isEqualTo((byte) 0x11);
    assertThat(buffer.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(buffer.bytes().getLong(0)).isEqualTo(0x1122334455667788L);
  }

  @Test
  void addressLeadsToTheSameMemory() {
    NativeBuffer buffer = NativeBuffer.allocate(16);
    NativeBuffer copy = NativeBuffer.allocate(16);
    buffer.putLong(8, 42);
    try (Pipes.Pipe pipe = Pipes.create()) {
      assertThat(pipe.writeEnd().write(buffer.address(), 16)).isEqualTo(16);
      assertThat(pipe.readEnd().read(copy.address(), 16)).isEqualTo(16);
    }

    assertThat(copy.getLong(8)).isEqualTo(42);
  }

  @Test
  void limitOfTheViewDoesNotReachTheAccessors() {
    NativeBuffer buffer = NativeBuffer.allocate(16);
    buffer.bytes().limit(4);
    buffer.putLong(8, 1);

    assertThat(buffer.getLong(8)).isEqualTo(1);
  }

  @Test
  void accessBeyondTheEndIsRefused() {
    NativeBuffer buffer = NativeBuffer.allocate(8);

    assertThatThrownBy(() -> buffer.getLong(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.copy(0, 9)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> NativeBuffer.allocate(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void clearLeavesItsNeighboursAlone() {
    NativeBuffer buffer = NativeBuffer.of(new byte[] {1, 2, 3, 4});
    buffer.clear(1, 2);

    assertThat(buffer.copy(0, 4)).containsExactly(1, 0, 0, 4);
  }
}
