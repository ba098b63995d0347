package io.github.livemigration.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A program of nine instruction bytes that waits for ever: a process to try things on. */
final class PauseProgram {
  private static final long BASE = 0x400000;
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;

  // loop: mov eax, 34 (pause); syscall; jmp loop
  private static final byte[] CODE = {
    (byte) 0xb8, 34, 0, 0, 0, 0x0f, 0x05, (byte) 0xeb, (byte) 0xf7
  };

  /** Where its instruction pointer stands while it waits. */
  static final long AFTER_SYSTEM_CALL = BASE + HEADER_BYTES + SEGMENT_BYTES + 7;

  private PauseProgram() {}

  /** Start it as a child of the calling OS thread. */
  static int spawn() {
    try (MemoryFd program = MemoryFd.create("pause")) {
      program.write(elf());
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

  private static byte[] elf() {
    int length = HEADER_BYTES + SEGMENT_BYTES + CODE.length;
    ByteBuffer elf = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    // 64-bit, little-endian, version 1
    elf.put("\u007fELF\2\1\1".getBytes(StandardCharsets.US_ASCII)).position(16);
    // executable, x86-64, version 1
    elf.putShort((short) 2).putShort((short) 62).putInt(1);
    // entry, program headers, no section headers, flags
    elf.putLong(BASE + HEADER_BYTES + SEGMENT_BYTES).putLong(HEADER_BYTES).putLong(0).putInt(0);
    elf.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES).putShort((short) 1);
    elf.position(HEADER_BYTES);
    // load, readable and executable, the whole file
    elf.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE).putLong(length).putLong(length);
    elf.putLong(NativeBuffer.PAGE_SIZE).put(CODE);
    return elf.array();
  }
}
