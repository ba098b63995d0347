package io.github.livemigration.linux;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A child that waits for ever, ended when closed; for the OS thread that creates it. */
final class PausedChild implements AutoCloseable {
  private static final int ORIG_RAX = 120;
  private static final int RIP = 128;
  private static final int RAX = 80;
  private static final int[] ARGUMENTS = {112, 104, 96, 56, 72, 64};

  private final NativeBuffer registers = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
  private final int pid;

  PausedChild() {
    pid = PauseProgram.spawn();
    try {
      // A child that has just been spawned may be on its way out of execve still. Polling stays in
      // this thread, because one with a new PID namespace cannot start another.
      await()
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> ProcFs.readText(pid, "syscall").startsWith(X8664.PAUSE + " "));
    } catch (RuntimeException | Error e) {
      PauseProgram.end(pid);
      throw e;
    }
  }

  int pid() {
    return pid;
  }

  /** Seize it and stop it inside its system call. */
  PausedChild stopped() {
    Ptrace.seize(pid, Ptrace.OPTION_EXITKILL);
    Ptrace.interrupt(pid);
    Wait.waitFor(pid);
    return this;
  }

  long register(int offset) {
    Ptrace.getRegisterSet(pid, Ptrace.NT_PRSTATUS, registers);
    return registers.getLong(offset);
  }

  long instructionPointer() {
    return register(RIP);
  }

  long originalCall() {
    return register(ORIG_RAX);
  }

  /** Run a system call in it: it stands behind its own {@code syscall} instruction. */
  long call(int number, long... arguments) {
    int length = Ptrace.getRegisterSet(pid, Ptrace.NT_PRSTATUS, registers);
    NativeBuffer changed = NativeBuffer.of(registers.copy(0, length));
    changed.putLong(ORIG_RAX, -1);
    changed.putLong(RIP, registers.getLong(RIP) - 2);
    changed.putLong(RAX, number);
    for (int i = 0; i < arguments.length; i++) {
      changed.putLong(ARGUMENTS[i], arguments[i]);
    }
    Ptrace.setRegisterSet(pid, Ptrace.NT_PRSTATUS, changed, length);
    Ptrace.singleStep(pid, 0);
    Wait.waitFor(pid);
    Ptrace.getRegisterSet(pid, Ptrace.NT_PRSTATUS, changed);
    registers.putLong(ORIG_RAX, -1);
    Ptrace.setRegisterSet(pid, Ptrace.NT_PRSTATUS, registers, length);
    return changed.getLong(RAX);
  }

  @Override
  public void close() {
    PauseProgram.end(pid);
  }
}
