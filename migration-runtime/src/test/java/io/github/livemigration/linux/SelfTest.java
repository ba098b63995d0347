package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The small facilities that ask the kernel about this very process. */
class SelfTest {
  @Test
  void pidIsTheOneJavaSees() {
    assertThat(SelfProcess.pid()).isEqualTo((int) ProcessHandle.current().pid());
    assertThat(ProcFs.threads(SelfProcess.pid())).contains(SelfProcess.gettid());
  }

  @Test
  void monotonicClockIsTheOneOfNanoTime() {
    long before = System.nanoTime();
    long now = Clocks.gettime(Clocks.MONOTONIC);

    assertThat(now).isBetween(before, System.nanoTime());
    assertThat(Clocks.gettime(Clocks.BOOTTIME)).isGreaterThanOrEqualTo(now);
    assertThatThrownBy(() -> Clocks.gettime(99))
        .hasMessageStartingWith("clock_gettime(99): EINVAL");
  }

  @Test
  void everyThreadOfTheLibraryHasARobustList() {
    RobustList list = RobustList.of(SelfProcess.gettid());

    assertThat(list.head()).isNotZero();
    assertThat(list.length()).isEqualTo(24);
  }

  @Test
  void duplicateIsTheSameOpenFileAndASecondOpenIsNot() {
    int self = SelfProcess.pid();
    try (OwnedFd first = OwnedFd.open("/dev/null", OpenFlags.RDONLY);
        OwnedFd copy = first.duplicate();
        OwnedFd second = OwnedFd.open("/dev/null", OpenFlags.RDONLY)) {
      assertThat(Kcmp.sameFile(self, first.number(), self, copy.number())).isTrue();
      assertThat(Kcmp.sameFile(self, first.number(), self, second.number())).isFalse();
      assertThat(Kcmp.compareFiles(self, first.number(), self, copy.number())).isZero();
      assertThat(Kcmp.compareFiles(self, first.number(), self, second.number()))
          .isEqualTo(-Kcmp.compareFiles(self, second.number(), self, first.number()))
          .isNotZero();
    }
    assertThat(Kcmp.sameFileTable(self, SelfProcess.gettid())).isTrue();
  }

  @Test
  void memoryFileHoldsWhatWasWritten() throws Exception {
    try (MemoryFd memory = MemoryFd.create("test")) {
      memory.write("abc".getBytes(StandardCharsets.UTF_8));
      memory.write(new byte[0]);
      memory.write("def".getBytes(StandardCharsets.UTF_8));

      assertThat(Files.readString(Path.of(memory.path()))).isEqualTo("abcdef");
      assertThat(FileStat.of(memory.fd()).size()).isEqualTo(6);
    }
  }

  @Test
  void ownMemoryIsRead() {
    NativeBuffer memory = NativeBuffer.of(new byte[] {1, 2, 3});
    try (ProcessMemory self = ProcessMemory.open(SelfProcess.pid())) {
      assertThat(self.readBytes(memory.address(), 3)).containsExactly(1, 2, 3);
      self.writeBytes(memory.address() + 1, new byte[] {9});
    }
    assertThat(memory.copy(0, 3)).containsExactly(1, 9, 3);
  }

  @Test
  void foreignNamespaceIsRefusedWithItsName() {
    try (OwnedFd notANamespace = OwnedFd.open("/dev/null", OpenFlags.RDONLY)) {
      assertThatThrownBy(() -> Namespaces.setns(notANamespace, Namespaces.CLONE_NEWPID))
          .hasMessageContaining("/dev/null")
          .hasMessageEndingWith("0x20000000): EINVAL (Invalid argument)");
    }
  }
}
