package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatTest {
  @TempDir Path folder;

  @Test
  void attributesAreThoseThatJavaSees() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "12345");
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.ofEpochSecond(1_700_000_000, 123_456_789)));

    FileStat stat = FileStat.of(file.toString());

    assertThat(stat.size()).isEqualTo(5);
    assertThat(stat.mtimeNanos()).isEqualTo(1_700_000_000_123_456_789L);
    assertThat(stat.ino()).isEqualTo(Files.getAttribute(file, "unix:ino"));
    assertThat(stat.mode()).isEqualTo(Files.getAttribute(file, "unix:mode"));
    assertThat(stat.uid()).isEqualTo(Files.getAttribute(file, "unix:uid"));
    assertThat(stat.gid()).isEqualTo(Files.getAttribute(file, "unix:gid"));
    assertThat(stat.links()).isEqualTo(1);
    assertThat(stat.isRegular()).isTrue();
    assertThat(stat.ctimeNanos()).isGreaterThan(stat.mtimeNanos());
  }

  @Test
  void openFileAndPathAreTheSameFile() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    try (OwnedFd fd = OwnedFd.open(file.toString(), OpenFlags.RDONLY)) {
      assertThat(FileStat.of(fd)).isEqualTo(FileStat.of(file.toString()));
      Files.delete(file);
      assertThat(FileStat.of(fd).links()).isZero();
    }
  }

  @Test
  void linkIsFollowedOnlyWhenAsked() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);

    assertThat(FileStat.of(link.toString()).isDirectory()).isTrue();
    assertThat(FileStat.ofLink(link.toString()).type()).isEqualTo(FileStat.TYPE_LINK);
  }

  @Test
  void deviceHasItsNumbers() {
    FileStat stat = FileStat.of("/dev/null");

    assertThat(stat.type()).isEqualTo(FileStat.TYPE_CHARACTER);
    assertThat(stat.rdevMajor()).isEqualTo(1);
    assertThat(stat.rdevMinor()).isEqualTo(3);
  }

  @Test
  void deviceOfAMappedFileIsTheOneInTheMap() {
    MemoryMapEntry mapped =
        MemoryMapParser.parse(ProcFs.read(SelfProcess.pid(), "maps")).stream()
            .filter(entry -> entry.path().endsWith("/libjvm.so"))
            .findFirst()
            .orElseThrow();
    FileStat stat = FileStat.of(mapped.path());

    assertThat(stat.ino()).isEqualTo(mapped.inode());
    assertThat(stat.devMajor()).isEqualTo(mapped.deviceMajor());
    assertThat(stat.devMinor()).isEqualTo(mapped.deviceMinor());
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> FileStat.of("/no/such/file"))
        .hasMessage("statx(/no/such/file): ENOENT (No such file or directory)");
  }
}
