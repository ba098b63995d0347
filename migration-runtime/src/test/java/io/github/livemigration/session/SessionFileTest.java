package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.wire.SessionToken;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFileTest {
  /** Above /proc/sys/kernel/pid_max on every host. */
  private static final int NOBODY = 1 << 30;

  @TempDir Path folder;

  @Test
  void filesOfProcessesThatAreGoneAreDeletedWithTheNextSession() throws Exception {
    SessionFile gone = SessionFile.create(folder, NOBODY, SessionToken.random());
    SessionFile there = SessionFile.create(folder, SelfProcess.pid(), SessionToken.random());
    Path unreadable =
        Files.writeString(folder.resolve(NOBODY + "-unreadable.session"), "no record");
    Path notASession = Files.writeString(folder.resolve("notes.txt"), "");

    SessionFile next = SessionFile.create(folder, SelfProcess.pid(), SessionToken.random());

    assertThat(folder.resolve(gone.name() + ".session")).doesNotExist();
    assertThat(unreadable).doesNotExist();
    assertThat(notASession).exists();
    assertThat(folder.resolve(there.name() + ".session")).exists();
    assertThat(folder.resolve(next.name() + ".session")).exists();
  }
}
