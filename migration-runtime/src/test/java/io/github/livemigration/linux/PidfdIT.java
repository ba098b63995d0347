package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PidfdIT {
  @Test
  void takenDescriptorIsTheSameOpenFile() {
    try (PausedChild child = new PausedChild();
        Pidfd handle = Pidfd.open(child.pid());
        OwnedFd taken = handle.takeFd(0)) {
      assertThat(Kcmp.sameFile(SelfProcess.pid(), taken.number(), child.pid(), 0)).isTrue();
      assertThatThrownBy(() -> handle.takeFd(99))
          .hasMessage("pidfd_getfd(pid " + child.pid() + ", fd 99): EBADF (Bad file descriptor)");
    }
  }

  @Test
  void endOfTheProcessShows() {
    try (PausedChild child = new PausedChild();
        Pidfd handle = Pidfd.open(child.pid())) {
      assertThat(handle.pid()).isEqualTo(child.pid());
      assertThat(handle.hasExited()).isFalse();
      handle.sendSignal(Signals.SIGTERM);

      assertThat(new Poll(handle.number()).await(60_000)).isTrue();
      assertThat(handle.hasExited()).isTrue();
      assertThat(ProcessStatus.parse(ProcFs.read(child.pid(), "status")).state()).isEqualTo('Z');
    }
  }

  @Test
  void missingProcessIsNamed() {
    assertThatThrownBy(() -> Pidfd.open(4_194_304)).hasMessageStartingWith("pidfd_open(4194304): ");
  }
}
