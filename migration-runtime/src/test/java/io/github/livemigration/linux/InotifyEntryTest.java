package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class InotifyEntryTest {
  private static final String FOLDER =
      "inotify wd:1a ino:2260c7 sdev:fe00003 mask:84000300 ignored_mask:0 fhandle-bytes:8"
          + " fhandle-type:81 f_handle:c7602200400cfab7";
  private static final String WITHOUT_HANDLE = "inotify wd:1 ino:1 sdev:1b mask:2 ignored_mask:0 ";

  @Test
  void entryIsReadWithTheHandleOfItsFile() {
    InotifyEntry entry = InotifyEntry.parse(List.of(FOLDER)).get(0);

    assertThat(entry.watch()).isEqualTo(26);
    assertThat(entry.device()).isEqualTo(0xfeL << 32 | 3);
    assertThat(entry.mask()).isEqualTo(0x8400_0300);
    assertThat(entry.file().type()).isEqualTo(0x81);
    assertThat(entry.file().bytes()).hasSize(8).startsWith(0xc7, 0x60);
  }

  @Test
  void anythingElseIsQuoted() {
    assertThatThrownBy(() -> InotifyEntry.parse(List.of(FOLDER, WITHOUT_HANDLE)))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessageContaining("sdev:1b mask:2");
  }
}
