package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TeeTest {
  @Test
  void queuedBytesAreCopiedAndStay() {
    byte[] content = new byte[20_000];
    new Random(1).nextBytes(content);
    NativeBuffer memory = NativeBuffer.of(content);
    try (Pipes.Pipe pipe = Pipes.create()) {
      pipe.writeEnd().write(memory.address(), content.length);

      assertThat(Tee.copyPipe(pipe.readEnd())).isEqualTo(content);
      assertThat(Tee.copyPipe(pipe.readEnd())).isEqualTo(content);
      assertThat(Pipes.queuedBytes(pipe.readEnd())).isEqualTo(content.length);
    }
  }

  @Test
  void fullPipeOfManySmallWritesIsCopiedWhole() {
    NativeBuffer memory = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    try (Pipes.Pipe pipe = Pipes.create()) {
      int capacity = Pipes.setCapacity(pipe.writeEnd(), 1 << 18);
      int written = 0;
      for (int i = 0; i < capacity / NativeBuffer.PAGE_SIZE; i++) {
        memory.clear(0, NativeBuffer.PAGE_SIZE);
        memory.putInt(0, i);
        written += (int) pipe.writeEnd().write(memory.address(), 3000 + i);
      }

      byte[] copy = Tee.copyPipe(pipe.readEnd());
      assertThat(copy).hasSize(written);
      assertThat(copy[3000]).isEqualTo((byte) 1);
    }
  }

  @Test
  void emptyPipeGivesNothing() {
    try (Pipes.Pipe pipe = Pipes.create()) {
      assertThat(Tee.copyPipe(pipe.readEnd())).isEmpty();
    }
  }

  @Test
  void capacityIsTheOneThatWasSet() {
    try (Pipes.Pipe pipe = Pipes.create()) {
      assertThat(Pipes.capacity(pipe.readEnd())).isEqualTo(65_536);
      assertThat(Pipes.setCapacity(pipe.readEnd(), 5000)).isEqualTo(8192);
      assertThat(Pipes.capacity(pipe.writeEnd())).isEqualTo(8192);
    }
  }
}
