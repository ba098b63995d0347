package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FdInfoTest {
  @Test
  void fileWithALockIsRead() {
    FdInfo info =
        parse(
            """
            pos:\t42
            flags:\t02100002
            mnt_id:\t15
            ino:\t1057
            lock:\t1: POSIX  ADVISORY  WRITE 359 00:13:11691 0 EOF
            """);

    assertThat(info.position()).isEqualTo(42);
    assertThat(info.flags() & OpenFlags.ACCESS_MODE).isEqualTo(OpenFlags.RDWR);
    assertThat(info.closeOnExec()).isTrue();
    assertThat(info.mountId()).isEqualTo(15);
    assertThat(info.inode()).hasValue(1057);
    assertThat(info.hasLocks()).isTrue();
    assertThat(info.lockLines()).containsExactly("1: POSIX  ADVISORY  WRITE 359 00:13:11691 0 EOF");
    assertThat(info.otherLines()).isEmpty();
  }

  @Test
  void linesOfSpecialDescriptorsAreKept() {
    FdInfo info =
        parse("pos:\t0\nflags:\t02\nmnt_id:\t13\nclockid: 0\nticks: 0\nit_value: (0, 49406829)\n");

    assertThat(info.inode()).isEmpty();
    assertThat(info.hasLocks()).isFalse();
    assertThat(info.closeOnExec()).isFalse();
    assertThat(info.otherLines())
        .containsExactly("clockid: 0", "ticks: 0", "it_value: (0, 49406829)");
  }

  @Test
  void wrongLineIsQuoted() {
    assertThatThrownBy(() -> parse("pos:\t0\nflags:\t09\nmnt_id:\t13\n"))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessage("fdinfo: cannot parse \"flags:\t09\"");
    assertThatThrownBy(() -> parse("pos:\t0\nmnt_id:\t13\n"))
        .hasMessage("fdinfo: cannot parse \"(no line flags)\"");
  }

  private static FdInfo parse(String text) {
    return FdInfo.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
