package io.github.livemigration.linux;

import java.util.List;
import java.util.Map;

/** A program of nine instruction bytes that waits for ever: a process to try things on. */
final class PauseProgram {
  private static final long BASE = 0x400000;

  // loop: mov eax, 34 (pause); syscall; jmp loop
  private static final byte[] CODE = {
    (byte) 0xb8, 34, 0, 0, 0, 0x0f, 0x05, (byte) 0xeb, (byte) 0xf7
  };

  /** Where its instruction pointer stands while it waits. */
  static final long AFTER_SYSTEM_CALL = BASE + StaticProgram.CODE_OFFSET + 7;

  private PauseProgram() {}

  /** Start it as a child of the calling OS thread. */
  static int spawn() {
    try (MemoryFd program = MemoryFd.create("pause")) {
      program.write(StaticProgram.elf(BASE, CODE));
      return Spawn.spawn(program.path(), List.of("pause"), Map.of());
    }
  }

  /** End it and reap it, on the OS thread that started it. */
  static void end(int pid) {
    Signals.kill(pid, Signals.SIGKILL);
    do {
      resumeDying(pid);
    } while (!Wait.waitFor(pid).status().hasEnded());
  }

  /**
   * Not even SIGKILL moves a tracee out of its stop at exit, and one that is not traced needs no
   * help.
   */
  private static void resumeDying(int pid) {
    try {
      Ptrace.resume(pid, 0);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
    }
  }
}
