package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PtraceIT {
  private static final long USR1 = 1L << (Signals.SIGUSR1 - 1);

  @Test
  void interruptedThreadShowsItsRegisters() {
    try (PausedChild child = new PausedChild()) {
      Ptrace.seize(child.pid(), Ptrace.OPTION_EXITKILL);
      Ptrace.interrupt(child.pid());
      Wait.Waited report = Wait.waitFor(child.pid());

      assertThat(report.tid()).isEqualTo(child.pid());
      assertThat(report.status().kind()).isEqualTo(WaitStatus.Kind.EVENT_STOP);
      assertThat(report.status().event()).isEqualTo(Ptrace.EVENT_STOP);
      assertThat(child.originalCall()).isEqualTo(X8664.PAUSE);
      assertThat(child.instructionPointer()).isEqualTo(PauseProgram.AFTER_SYSTEM_CALL);
    }
  }

  @Test
  void registersThatWereSetAreThere() {
    NativeBuffer registers = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    try (PausedChild child = new PausedChild().stopped()) {
      int length = Ptrace.getRegisterSet(child.pid(), Ptrace.NT_PRSTATUS, registers);
      assertThat(length).isEqualTo(216);
      registers.putLong(0, 0x1234567890abcdefL);
      Ptrace.setRegisterSet(child.pid(), Ptrace.NT_PRSTATUS, registers, length);

      assertThat(child.register(0)).isEqualTo(0x1234567890abcdefL);
      int extended = Ptrace.getRegisterSet(child.pid(), Ptrace.NT_X86_XSTATE, registers);
      assertThat(extended).isGreaterThanOrEqualTo(576);
      // The kernel tells the components that it saves in the area that the processor leaves to
      // software.
      assertThat(registers.getLong(464)).isEqualTo(CpuFeatures.ofThisHost().xstateMask());
    }
  }

  @Test
  void systemCallRunsInTheChild() {
    try (PausedChild child = new PausedChild().stopped()) {
      assertThat(child.call(X8664.GETPID)).isEqualTo(child.pid());
      assertThat(child.call(X8664.CLOSE, 99)).isEqualTo(-Errno.EBADF);
    }
  }

  @Test
  void blockedSignalsAreSeenAndStayPending() {
    try (PausedChild child = new PausedChild().stopped()) {
      int pid = child.pid();
      Ptrace.setSignalMask(pid, USR1);
      assertThat(Ptrace.signalMask(pid)).isEqualTo(USR1);
      assertThat(Ptrace.pendingSignals(pid, false)).isEmpty();

      Signals.tgkill(pid, pid, Signals.SIGUSR1);
      Signals.kill(pid, Signals.SIGUSR1);

      for (boolean shared : new boolean[] {false, true}) {
        List<byte[]> pending = Ptrace.pendingSignals(pid, shared);
        assertThat(pending).hasSize(1);
        assertThat(pending.get(0)).hasSize(128).startsWith((byte) Signals.SIGUSR1, (byte) 0);
        assertThat(Ptrace.pendingSignals(pid, shared)).hasSize(1);
      }
    }
  }

  @Test
  void queueLongerThanABatchIsReadWhole() {
    try (PausedChild child = new PausedChild().stopped()) {
      int pid = child.pid();
      Ptrace.setSignalMask(pid, -1);
      for (int i = 0; i < 100; i++) {
        Signals.kill(pid, Signals.SIGRTMIN);
      }

      assertThat(Ptrace.pendingSignals(pid, true)).hasSize(100);
    }
  }

  @Test
  void signalStopsBeforeItIsDelivered() {
    try (PausedChild child = new PausedChild().stopped()) {
      int pid = child.pid();
      Ptrace.resume(pid, 0);
      Signals.kill(pid, Signals.SIGUSR1);

      assertThat(Wait.waitFor(pid).status()).hasToString("stopped by SIGUSR1");
      assertThat(Ptrace.signalInfo(pid)).hasSize(128).startsWith((byte) Signals.SIGUSR1);
    }
  }

  @Test
  void groupStopIsToldFromAnInterrupt() {
    try (PausedChild child = new PausedChild()) {
      int pid = child.pid();
      Ptrace.seize(pid, Ptrace.OPTION_EXITKILL);
      Signals.kill(pid, Signals.SIGSTOP);
      assertThat(Wait.waitFor(pid).status()).hasToString("stopped by SIGSTOP");
      Ptrace.resume(pid, Signals.SIGSTOP);
      assertThat(Wait.waitFor(pid).status()).hasToString("group-stopped by SIGSTOP");
      Ptrace.listen(pid);
      assertThat(Wait.poll(pid)).isEmpty();
    }
  }

  @Test
  void systemCallStopsAreMarked() {
    try (PausedChild child = new PausedChild().stopped()) {
      Ptrace.setOptions(child.pid(), Ptrace.OPTION_EXITKILL | Ptrace.OPTION_TRACESYSGOOD);
      Ptrace.resumeToSystemCall(child.pid(), 0);

      assertThat(Wait.waitFor(child.pid()).status().isSystemCallStop()).isTrue();
    }
  }

  @Test
  void programWithoutTheLibraryHasNoRseqAreaAndOneWithItHas() {
    try (PausedChild child = new PausedChild().stopped()) {
      assertThat(Ptrace.rseqConfiguration(child.pid())).isEmpty();
    }
    int pid = Spawn.spawn("/bin/sleep", List.of("sleep", "1000"), null);
    try {
      Ptrace.seize(pid, Ptrace.OPTION_EXITKILL | Ptrace.OPTION_TRACEEXIT);
      awaitSystemCall(pid);
      Ptrace.interrupt(pid);
      Wait.waitFor(pid);

      assertThat(Ptrace.rseqConfiguration(pid))
          .hasValueSatisfying(
              rseq -> {
                assertThat(rseq.address()).isNotZero();
                assertThat(rseq.sizeBytes()).isGreaterThanOrEqualTo(32);
                assertThat(rseq.signature()).isEqualTo(0x53053053);
              });
      assertThat(RobustList.of(pid).head()).isNotZero();
    } finally {
      PauseProgram.end(pid);
    }
  }

  @Test
  void deathIsAnEventWhenAskedFor() {
    try (PausedChild child = new PausedChild().stopped()) {
      Ptrace.setOptions(child.pid(), Ptrace.OPTION_EXITKILL | Ptrace.OPTION_TRACEEXIT);
      Ptrace.detach(child.pid(), 0);
      Ptrace.seize(child.pid(), Ptrace.OPTION_EXITKILL | Ptrace.OPTION_TRACEEXIT);
      Signals.kill(child.pid(), Signals.SIGTERM);
      assertThat(Wait.waitFor(child.pid()).status()).hasToString("stopped by SIGTERM");
      Ptrace.resume(child.pid(), Signals.SIGTERM);
      assertThat(Wait.waitFor(child.pid()).status().event()).isEqualTo(Ptrace.EVENT_EXIT);
      assertThat(Ptrace.eventMessage(child.pid())).isEqualTo(Signals.SIGTERM);
    }
  }

  @Test
  void secondTracerIsRefusedByName() {
    try (PausedChild child = new PausedChild().stopped()) {
      assertThatThrownBy(() -> Ptrace.seize(child.pid(), 0))
          .hasMessage("ptrace(SEIZE, tid " + child.pid() + "): EPERM (Operation not permitted)");
    }
  }

  @Test
  void otherThreadIsNotTheTracer() {
    try (PausedChild child = new PausedChild().stopped()) {
      CompletableFuture<Long> other =
          CompletableFuture.supplyAsync(() -> Ptrace.signalMask(child.pid()));

      assertThatThrownBy(other::join)
          .hasRootCauseMessage(
              "ptrace(GETSIGMASK, tid " + child.pid() + "): ESRCH (No such process)");
    }
  }

  private static void awaitSystemCall(int pid) {
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> ProcFs.readText(pid, "wchan").contains("nanosleep"));
  }
}
