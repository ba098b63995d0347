package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFdTest {
  @TempDir Path folder;

  @Test
  void bytesWrittenAreRead() {
    NativeBuffer memory = NativeBuffer.of("hello".getBytes(StandardCharsets.UTF_8));
    String path = folder.resolve("file").toString();
    try (OwnedFd file = OwnedFd.open(path, OpenFlags.RDWR | OpenFlags.CREAT, 0600)) {
      assertThat(file.write(memory.address(), 5)).isEqualTo(5);
      assertThat(file.pwrite(memory.address(), 5, 10)).isEqualTo(5);
      assertThat(file.lseek(0, OwnedFd.SEEK_CUR)).isEqualTo(5);
      assertThat(file.lseek(1, OwnedFd.SEEK_SET)).isEqualTo(1);
      assertThat(file.read(memory.address(), 2)).isEqualTo(2);
      assertThat(memory.copy(0, 5)).asString().isEqualTo("elllo");
      assertThat(file.pread(memory.address(), 5, 10)).isEqualTo(5);
      assertThat(file.pread(memory.address(), 5, 15)).isZero();
    }
    assertThat(Path.of(path)).hasSize(15);
  }

  @Test
  void everyDescriptorIsClosedOnExec() {
    try (OwnedFd file = OwnedFd.open("/dev/null", OpenFlags.RDONLY)) {
      FdInfo info = FdInfo.parse(ProcFs.read("/proc/self/fdinfo/" + file.number()));
      assertThat(info.closeOnExec()).isTrue();
    }
  }

  @Test
  void secondCloseDoesNotHitANewDescriptorOfTheSameNumber() {
    OwnedFd first = OwnedFd.open("/dev/null", OpenFlags.RDONLY);
    first.close();
    try (OwnedFd second = OwnedFd.open("/dev/zero", OpenFlags.RDONLY)) {
      first.close();
      NativeBuffer memory = NativeBuffer.allocate(1);
      assertThat(second.read(memory.address(), 1)).isEqualTo(1);
    }
    assertThat(first.isOpen()).isFalse();
    assertThatThrownBy(first::number)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("/dev/null");
  }

  @Test
  void emptyNonBlockingDescriptorIsAnOutcome() {
    try (EventFd event = EventFd.create();
        OwnedFd fd = OwnedFd.adopt(event.number(), "event").duplicate()) {
      assertThat(fd.read(NativeBuffer.allocate(8).address(), 8))
          .isEqualTo(OwnedFd.READ_WOULD_BLOCK);
    }
  }

  @Test
  void pathIsOpenedRelativeToADirectory() throws Exception {
    Files.writeString(folder.resolve("inside"), "x");
    try (OwnedFd directory = OwnedFd.open(folder.toString(), OpenFlags.DIRECTORY);
        OwnedFd file = OwnedFd.openat(directory, "inside", OpenFlags.RDONLY)) {
      assertThat(FileStat.of(file).size()).isEqualTo(1);
    }
  }

  @Test
  void duplicateSharesTheOffset() throws Exception {
    Path file = Files.writeString(folder.resolve("shared"), "abc");
    try (OwnedFd first = OwnedFd.open(file.toString(), OpenFlags.RDONLY);
        OwnedFd second = first.duplicate()) {
      first.lseek(2, OwnedFd.SEEK_SET);
      assertThat(second.lseek(0, OwnedFd.SEEK_CUR)).isEqualTo(2);
    }
  }

  @Test
  void failureNamesPathAndFlags() {
    assertThatThrownBy(() -> OwnedFd.open("/no/such/file", OpenFlags.RDONLY))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("open(/no/such/file, flags 02000000): ENOENT (No such file or directory)");
  }

  @Test
  void zeroCharacterDoesNotCutAPath() {
    assertThatThrownBy(() -> OwnedFd.open("/dev/null\0x", OpenFlags.RDONLY))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
