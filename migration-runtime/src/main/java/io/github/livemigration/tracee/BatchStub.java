package io.github.livemigration.tracee;

import java.util.Arrays;

/**
 * Position-independent x86-64 code that runs a table of system calls and then traps.
 *
 * <p>One remote call costs two context switches; a table of them costs two for all. An entry of the
 * table:
 *
 * <pre>
 *   0        8      16     24     32     40     48     56
 *  +--------+------+------+------+------+------+------+--------+
 *  | number | arg1 | arg2 | arg3 | arg4 | arg5 | arg6 | result |   8 bytes each
 *  +--------+------+------+------+------+------+------+--------+
 * </pre>
 *
 * <p>RBX points to the first entry, R12 counts them; the kernel preserves both across system calls.
 */
final class BatchStub {
  static final int ENTRY_BYTES = 64;
  static final int RESULT_OFFSET = 56;

  private static final int[] LOOP = {
    0x48, 0x8B, 0x03, // next: mov rax, [rbx]
    0x48, 0x8B, 0x7B, 0x08, // mov rdi, [rbx+8]
    0x48, 0x8B, 0x73, 0x10, // mov rsi, [rbx+16]
    0x48, 0x8B, 0x53, 0x18, // mov rdx, [rbx+24]
    0x4C, 0x8B, 0x53, 0x20, // mov r10, [rbx+32]
    0x4C, 0x8B, 0x43, 0x28, // mov r8, [rbx+40]
    0x4C, 0x8B, 0x4B, 0x30, // mov r9, [rbx+48]
    0x0F, 0x05, // syscall
    0x48, 0x89, 0x43, 0x38, // mov [rbx+56], rax
    0x48, 0x83, 0xC3, 0x40, // add rbx, 64
    0x49, 0xFF, 0xCC, // dec r12
    0x75, 0xD6, // jnz next
  };

  private static final byte INT3 = (byte) 0xCC;

  private BatchStub() {}

  static byte[] code() {
    byte[] code = Arrays.copyOf(loop(), LOOP.length + 1);
    code[LOOP.length] = INT3;
    return code;
  }

  /** Returns the code without the trap at its end. */
  static byte[] loop() {
    return bytes(LOOP);
  }

  static byte[] bytes(int[] code) {
    byte[] bytes = new byte[code.length];
    for (int i = 0; i < code.length; i++) {
      bytes[i] = (byte) code[i];
    }
    return bytes;
  }
}
