package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFsTest {
  private static final int NO_SUCH_PID = 4_194_304;
  private final int self = SelfProcess.pid();

  @TempDir Path folder;

  @Test
  void wholeFileIsReadWhateverItsSize() throws Exception {
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 300_000}) {
      byte[] content = new byte[size];
      new Random(size).nextBytes(content);
      Path file = Files.write(folder.resolve("file" + size), content);

      assertThat(ProcFs.read(file.toString())).isEqualTo(content);
    }
  }

  @Test
  void threadsIncludeThisOne() {
    assertThat(ProcFs.threads(self)).contains(SelfProcess.gettid(), self).isSorted();
  }

  @Test
  void descriptorsIncludeAnOpenOne() {
    try (EventFd event = EventFd.create()) {
      assertThat(ProcFs.descriptors(self)).contains(event.number());
      assertThat(ProcFs.readLink(self, "fd/" + event.number())).isEqualTo("anon_inode:[eventfd]");
    }
  }

  @Test
  void longDirectoryIsListedWhole() throws Exception {
    String name = "x".repeat(200);
    for (int i = 0; i < 1000; i++) {
      Files.createFile(folder.resolve(name + i));
    }

    assertThat(ProcFs.list(folder.toString())).hasSize(1000).contains(name + "0", name + "999");
  }

  @Test
  void missingProcessIsToldFromAMissingFile() {
    assertThatExceptionOfType(NoSuchProcessException.class)
        .isThrownBy(() -> ProcFs.read(NO_SUCH_PID, "status"))
        .withMessageStartingWith("open(/proc/4194304/status")
        .withMessageEndingWith("ENOENT (No such file or directory)");
    assertThatExceptionOfType(NoSuchProcessException.class)
        .isThrownBy(() -> ProcFs.threads(NO_SUCH_PID));
    assertThatExceptionOfType(NoSuchProcessException.class)
        .isThrownBy(() -> ProcFs.readLink(NO_SUCH_PID, "exe"));
    assertThatExceptionOfType(NoSuchProcessException.class)
        .isThrownBy(() -> ProcFs.read(self, "task/" + NO_SUCH_PID + "/status"));
    assertThatThrownBy(() -> ProcFs.read(self, "no-such-file"))
        .isExactlyInstanceOf(SystemCallException.class);
    assertThatThrownBy(() -> ProcFs.read(self, "task/" + self + "/no-such-file"))
        .isExactlyInstanceOf(SystemCallException.class);
  }

  @Test
  void ownFilesArePlausible() {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(self, "status"));
    ProcessStat stat = ProcessStat.parse(ProcFs.read(self, "stat"));

    assertThat(status.tgid()).isEqualTo(self);
    assertThat(status.nsPids()).first().isEqualTo(self);
    assertThat(status.uids().get(1)).isEqualTo(Credentials.effectiveUid());
    assertThat(status.kernelThread()).isFalse();
    assertThat(status.threads()).isGreaterThan(1);
    assertThat(stat.pid()).isEqualTo(self);
    assertThat(stat.ppid()).isEqualTo(status.ppid());
    assertThat(stat.comm()).isEqualTo(status.name());
    assertThat(stat.startCode()).isLessThan(stat.endCode()).isPositive();
    assertThat(stat.argStart()).isLessThan(stat.argEnd());
    assertThat(stat.isKernelThread()).isFalse();
  }

  @Test
  void textAndLinksAreRead() {
    assertThat(ProcFs.readText(self, "comm").strip()).isNotEmpty();
    assertThat(new File(ProcFs.readLink(self, "exe"))).exists();
    assertThat(ProcFs.exists("/proc/" + self)).isTrue();
    assertThat(ProcFs.exists("/proc/" + NO_SUCH_PID)).isFalse();
  }
}
