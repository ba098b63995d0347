package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SignalsTest {
  private static final int NO_SUCH_PID = 4_194_304;

  @Test
  void everySignalHasAName() {
    assertThat(Signals.name(Signals.SIGHUP)).isEqualTo("SIGHUP");
    assertThat(Signals.name(Signals.SIGUSR2)).isEqualTo("SIGUSR2");
    assertThat(Signals.name(Signals.SIGSYS)).isEqualTo("SIGSYS");
    assertThat(Signals.name(Signals.SIGRTMIN)).isEqualTo("SIGRTMIN");
    assertThat(Signals.name(Signals.SIGRTMAX)).isEqualTo("SIGRTMIN+30");
    assertThat(Signals.name(33)).isEqualTo("signal 33");
    assertThat(Signals.name(0)).isEqualTo("signal 0");
  }

  @Test
  void onlyFourSignalsStop() {
    assertThat(Signals.stops(Signals.SIGTSTP)).isTrue();
    assertThat(Signals.stops(Signals.SIGTRAP)).isFalse();
  }

  @Test
  void missingProcessIsNamedInTheError() {
    assertThatThrownBy(() -> Signals.kill(NO_SUCH_PID, Signals.SIGTERM))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("kill(4194304, SIGTERM): ESRCH (No such process)");
    assertThatThrownBy(() -> Signals.tgkill(NO_SUCH_PID, NO_SUCH_PID, 0))
        .hasMessage("tgkill(4194304, tid 4194304, signal 0): ESRCH (No such process)");
  }

  @Test
  void signalZeroFindsThisProcess() {
    Signals.kill(SelfProcess.pid(), 0);
    Signals.tgkill(SelfProcess.pid(), SelfProcess.gettid(), 0);
  }

  @Test
  void groupsAreNeverSignalled() {
    assertThatThrownBy(() -> Signals.kill(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Signals.kill(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
