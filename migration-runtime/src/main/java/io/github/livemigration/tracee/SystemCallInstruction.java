package io.github.livemigration.tracee;

/** Finds a {@code syscall} instruction in code, for remote calls. */
public final class SystemCallInstruction {
  private SystemCallInstruction() {}

  /**
   * Returns the offset of the first {@code syscall} instruction.
   *
   * @param code of the vdso, which has one where it falls back to the kernel
   */
  public static long offsetIn(byte[] code) {
    for (int i = 0; i + 1 < code.length; i++) {
      if (code[i] == 0x0F && code[i + 1] == 0x05) {
        return i;
      }
    }
    throw new IllegalArgumentException("no system call instruction in " + code.length + " bytes");
  }
}
