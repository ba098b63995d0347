package io.github.livemigration.tracee;

import io.github.livemigration.linux.StaticProgram;
import java.util.Arrays;

/**
 * A static program of one page that serves as the first process of a PID namespace.
 *
 * <p>It waits until it is traced. Remote calls then build the restored process as its child. At
 * last it is sent to its reaper, which collects children until none is left and ends with the
 * status of the main one, as a shell would report it: the exit status, or 128 and the signal's
 * number. Being so small it holds no libc, no rseq area and no thread local storage that a restored
 * process would have to get rid of.
 */
final class InitProgram {
  /**
   * Where the page is loaded: the lowest address that {@code vm.mmap_min_addr} allows by default.
   */
  static final long LOAD_ADDRESS = 0x10000;

  private static final int[] PAUSE = {
    0xB8, 0x22, 0x00, 0x00, 0x00, // wait: mov eax, 34 (pause)
    0x0F, 0x05, // syscall
    0xEB, 0xF7, // jmp wait
  };

  private static final int[] REAPER = {
    0xBF, 0xFF, 0xFF, 0xFF, 0xFF, // reap: mov edi, -1
    0x48, 0x8D, 0x74, 0x24, 0xF0, // lea rsi, [rsp-16]
    0x31, 0xD2, // xor edx, edx
    0x45, 0x31, 0xD2, // xor r10d, r10d
    0xB8, 0x3D, 0x00, 0x00, 0x00, // mov eax, 61 (wait4)
    0x0F, 0x05, // syscall
    0x48, 0x83, 0xF8, 0xF6, // cmp rax, -10 (ECHILD)
    0x74, 0x0C, // je done
    0x44, 0x39, 0xE0, // cmp eax, r12d (the main process)
    0x75, 0xDF, // jne reap
    0x44, 0x8B, 0x6C, 0x24, 0xF0, // mov r13d, [rsp-16]
    0xEB, 0xD8, // jmp reap
    0x44, 0x89, 0xEF, // done: mov edi, r13d
    0x83, 0xE7, 0x7F, // and edi, 0x7f
    0x74, 0x08, // jz exited
    0x81, 0xCF, 0x80, 0x00, 0x00, 0x00, // or edi, 0x80
    0xEB, 0x06, // jmp out
    0x44, 0x89, 0xEF, // exited: mov edi, r13d
    0xC1, 0xEF, 0x08, // shr edi, 8
    0xB8, 0xE7, 0x00, 0x00, 0x00, // out: mov eax, 231 (exit_group)
    0x0F, 0x05, // syscall
  };

  /** Where the wait for ever starts. */
  static final long PAUSE_ENTRY = LOAD_ADDRESS + StaticProgram.CODE_OFFSET;

  /** Address of the program's first {@code syscall} instruction, for remote calls. */
  static final long SYSCALL_INSTRUCTION = PAUSE_ENTRY + 5;

  /** Where the reaper starts. */
  static final long REAPER_ENTRY = PAUSE_ENTRY + PAUSE.length;

  private InitProgram() {}

  /** Returns the program as an ELF file. */
  static byte[] elf() {
    int[] code = Arrays.copyOf(PAUSE, PAUSE.length + REAPER.length);
    System.arraycopy(REAPER, 0, code, PAUSE.length, REAPER.length);
    return StaticProgram.elf(LOAD_ADDRESS, BatchStub.bytes(code));
  }
}
