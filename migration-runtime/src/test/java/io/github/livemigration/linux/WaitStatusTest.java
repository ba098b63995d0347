package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitStatusTest {
  @Test
  void exitCarriesItsCode() {
    WaitStatus status = new WaitStatus(3 << 8);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.EXITED);
    assertThat(status.exitCode()).isEqualTo(3);
    assertThat(status.hasEnded()).isTrue();
    assertThat(status).hasToString("exited with 3");
  }

  @Test
  void deathBySignalCarriesTheSignalAndTheCore() {
    WaitStatus status = new WaitStatus(Signals.SIGSEGV | 0x80);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.SIGNALED);
    assertThat(status.signal()).isEqualTo(Signals.SIGSEGV);
    assertThat(status.coreDumped()).isTrue();
    assertThat(status.hasEnded()).isTrue();
    assertThat(status).hasToString("ended by SIGSEGV");
  }

  @Test
  void stopCarriesItsSignal() {
    WaitStatus status = stop(Signals.SIGUSR1, 0);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.STOPPED);
    assertThat(status.signal()).isEqualTo(Signals.SIGUSR1);
    assertThat(status.isSystemCallStop()).isFalse();
    assertThat(status.hasEnded()).isFalse();
    assertThat(status).hasToString("stopped by SIGUSR1");
  }

  @Test
  void realTimeSignalIsNotTakenForASystemCall() {
    assertThat(stop(Signals.SIGRTMAX, 0).signal()).isEqualTo(64);
  }

  @Test
  void systemCallStopIsTold() {
    WaitStatus status = stop(Signals.SIGTRAP | 0x80, 0);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.STOPPED);
    assertThat(status.isSystemCallStop()).isTrue();
    assertThat(status.signal()).isEqualTo(Signals.SIGTRAP);
    assertThat(status).hasToString("stopped at a system call");
  }

  @Test
  void interruptIsAnEventAndNotAGroupStop() {
    WaitStatus status = stop(Signals.SIGTRAP, Ptrace.EVENT_STOP);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.EVENT_STOP);
    assertThat(status.event()).isEqualTo(Ptrace.EVENT_STOP);
    assertThat(status).hasToString("stopped by event 128 with SIGTRAP");
  }

  @Test
  void groupStopCarriesTheStoppingSignal() {
    WaitStatus status = stop(Signals.SIGTSTP, Ptrace.EVENT_STOP);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.GROUP_STOP);
    assertThat(status.signal()).isEqualTo(Signals.SIGTSTP);
    assertThat(status).hasToString("group-stopped by SIGTSTP");
  }

  @Test
  void cloneIsAnEvent() {
    assertThat(stop(Signals.SIGTRAP, Ptrace.EVENT_CLONE).event()).isEqualTo(Ptrace.EVENT_CLONE);
  }

  @Test
  void continuedIsNoEvent() {
    WaitStatus status = new WaitStatus(0xffff);

    assertThat(status.kind()).isEqualTo(WaitStatus.Kind.CONTINUED);
    assertThat(status.event()).isZero();
    assertThat(status).hasToString("continued");
  }

  private static WaitStatus stop(int signal, int event) {
    return new WaitStatus(event << 16 | signal << 8 | 0x7f);
  }
}
