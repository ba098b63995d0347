package io.github.livemigration.capture;

import io.github.livemigration.image.AlternateStack;
import io.github.livemigration.image.Seccomp;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.tracee.Registers;
import java.util.List;
import java.util.Optional;

/** Describes a first thread that has ended as one that is about to end, with the same result. */
final class EndedThread {
  private static final int SS_DISABLE = 2;
  private static final long ALL_SIGNALS = -1;

  private EndedThread() {}

  /**
   * Returns the state of the first thread.
   *
   * @param other thread of the process, for what a thread must have while it lives
   * @param systemCall address of a system call instruction, by which it ends
   */
  static ThreadState first(int pid, ThreadState other, long systemCall) {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "status"));
    int exitCode = ProcessStat.parse(ProcFs.read(pid, "stat")).exitCode() >> 8 & 0xff;
    Registers registers = Registers.from(other.generalRegisters());
    registers.prepareExit(systemCall, exitCode);
    return new ThreadState(
        ThreadReader.innermost(status.nsPids()),
        status.name(),
        registers.toBytes(),
        other.extendedState(),
        ALL_SIGNALS,
        List.of(),
        new AlternateStack(0, SS_DISABLE, 0),
        0,
        0,
        Optional.empty(),
        0,
        other.scheduling(),
        other.controls(),
        other.credentials(),
        Optional.empty(),
        Seccomp.NONE);
  }
}
