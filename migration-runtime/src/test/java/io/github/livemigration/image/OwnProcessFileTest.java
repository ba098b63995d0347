package io.github.livemigration.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sender must not get at other files by the name of one of the process's own. */
class OwnProcessFileTest {
  private static final int O_NOFOLLOW = 0x20000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "../1/maps",
        "task/../../1/maps",
        "task/5/..",
        "/etc/shadow",
        "root/etc/shadow",
        "cwd/file",
        "task/5/root/etc",
        "fd/3/file"
      })
  void nameThatLeadsAwayIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OpenFile.OwnProcessFile(5, name, O_NOFOLLOW, 0))
        .withMessageContaining(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "cwd", "exe", "fd/3", "task/5/fd/3", "ns/net", "map_files/1-2"})
  void linkIsKeptAndNotFollowed(String name) {
    assertThat(new OpenFile.OwnProcessFile(5, name, O_NOFOLLOW, 0).name()).isEqualTo(name);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OpenFile.OwnProcessFile(5, name, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "maps", "task/5/status", "fd", "fdinfo/3", "net/tcp", "ns"})
  void fileOfTheProcessIsKept(String name) {
    assertThat(new OpenFile.OwnProcessFile(5, name, 0, 0).name()).isEqualTo(name);
  }
}
