package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessMemoryIT {
  private static final int PAGE = NativeBuffer.PAGE_SIZE;
  private static final int PROT_READ_WRITE = 3;

  @Test
  void readGoesOnThroughPagesThatTheProcessMayNotReadItself() {
    NativeBuffer local = NativeBuffer.allocate(3 * PAGE);
    try (Mapping mapping = Mapping.ofPages(3);
        ProcessMemory self = ProcessMemory.open(SelfProcess.pid())) {
      mapping.write(0, 1);
      mapping.write(1, 2);
      mapping.write(2, 3);
      check(LibC.call(X8664.MPROTECT, mapping.page(1), PAGE, 0));

      assertThat(self.read(mapping.page(0), local.address(), 3 * PAGE)).isEqualTo(3 * PAGE);
      assertThat(local.getLong(0)).isEqualTo(1);
      assertThat(local.getLong(PAGE)).isEqualTo(2);
      assertThat(local.getLong(2 * PAGE)).isEqualTo(3);
      mapping.protect(PROT_READ_WRITE);
    }
  }

  @Test
  void scatteredPagesAreReadInTheOrderAskedFor() {
    NativeBuffer local = NativeBuffer.allocate(3 * PAGE);
    try (Mapping mapping = Mapping.ofPages(5);
        ProcessMemory self = ProcessMemory.open(SelfProcess.pid())) {
      mapping.write(0, 1);
      mapping.write(2, 2);
      mapping.write(4, 3);
      check(LibC.call(X8664.MPROTECT, mapping.page(2), PAGE, 0));

      self.readPages(new long[] {mapping.page(4), mapping.page(2), mapping.page(0)}, local);

      assertThat(local.getLong(0)).isEqualTo(3);
      assertThat(local.getLong(PAGE)).isEqualTo(2);
      assertThat(local.getLong(2 * PAGE)).isEqualTo(1);
      mapping.protect(PROT_READ_WRITE);
    }
  }

  @Test
  void longArraysAreCopiedWhole() {
    byte[] content = new byte[50 * PAGE + 3];
    new Random(7).nextBytes(content);
    try (Mapping mapping = Mapping.ofPages(51);
        ProcessMemory self = ProcessMemory.open(SelfProcess.pid())) {
      self.writeBytes(mapping.page(0), content);

      assertThat(self.readBytes(mapping.page(0), content.length)).isEqualTo(content);
    }
  }

  @Test
  void programTextOfAChildIsRewritten() {
    try (PausedChild child = new PausedChild();
        ProcessMemory memory = ProcessMemory.open(child.pid())) {
      byte[] magic = memory.readBytes(0x400000, 4);
      assertThat(magic).containsExactly(0x7f, 'E', 'L', 'F');

      memory.writeBytes(0x400000, new byte[] {1, 2, 3, 4});
      assertThat(memory.readBytes(0x400000, 4)).containsExactly(1, 2, 3, 4);
      memory.writeBytes(0x400000, magic);
    }
  }

  @Test
  void unmappedAddressIsAnErrorThatNamesIt() {
    try (PausedChild child = new PausedChild();
        ProcessMemory memory = ProcessMemory.open(child.pid())) {
      assertThatThrownBy(() -> memory.readBytes(0x1000, 8))
          .isInstanceOf(SystemCallException.class)
          .hasMessageContaining("8 bytes at 0x1000")
          .hasMessageEndingWith("EIO (Input/output error)");
      assertThatThrownBy(() -> memory.writeBytes(0x1000, new byte[8]))
          .hasMessageEndingWith("EIO (Input/output error)");
    }
  }

  @Test
  void readAcrossTheEndOfAMappingNeverReturnsHalf() {
    try (PausedChild child = new PausedChild();
        ProcessMemory memory = ProcessMemory.open(child.pid())) {
      assertThatThrownBy(() -> memory.readBytes(0x400000 + PAGE - 8, 16))
          .isInstanceOf(SystemCallException.class);
    }
  }

  @Test
  void endedProcessHasNoMemory() {
    PausedChild child = new PausedChild();
    try (ProcessMemory memory = ProcessMemory.open(child.pid())) {
      child.close();

      assertThatThrownBy(() -> memory.readBytes(0x400000, 8))
          .hasMessageEndingWith("ESRCH (No such process)");
      assertThatThrownBy(() -> memory.writeBytes(0x400000, new byte[8]))
          .hasMessageEndingWith("ESRCH (No such process)");
    }
  }

  @Test
  void manyThreadsReadAtOnce() {
    try (Mapping mapping = Mapping.ofPages(64);
        ProcessMemory self = ProcessMemory.open(SelfProcess.pid())) {
      IntStream.range(0, 64).forEach(page -> mapping.write(page, page));
      IntStream.range(0, 20_000)
          .parallel()
          .forEach(
              i -> {
                byte[] first = self.readBytes(mapping.page(i % 64), 1);
                assertThat(first[0]).isEqualTo((byte) (i % 64));
              });
    }
  }

  private static void check(long result) {
    assertThat(result).isZero();
  }
}
