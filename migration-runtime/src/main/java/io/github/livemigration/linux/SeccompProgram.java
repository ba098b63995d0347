package io.github.livemigration.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Programs of {@code seccomp(2)} in classic BPF, as the kernel gives them.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
 */
public final class SeccompProgram {
  /** Length of the longest program in bytes. */
  public static final int MAX_BYTES = 4096 * 8;

  /** Length of {@code struct sock_filter}: u16 code; u8 jt; u8 jf; u32 k. */
  static final int INSTRUCTION_BYTES = 8;

  private static final int VALUE = 4;
  private static final int RETURN_VALUE = 0x06;
  private static final int RETURN_ACCUMULATOR = 0x16;
  private static final int ACTION_MASK = 0xffff_0000;
  private static final int USER_NOTIF = 0x7fc0_0000;

  private SeccompProgram() {}

  /**
   * Whether it can hand a call to another process (SECCOMP_RET_USER_NOTIF). One that computes what
   * it returns counts as such.
   */
  public static boolean mayNotify(byte[] program) {
    ByteBuffer instructions = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < program.length; i += INSTRUCTION_BYTES) {
      int code = instructions.getShort(i) & 0xffff;
      int value = instructions.getInt(i + VALUE);
      if (code == RETURN_ACCUMULATOR
          || (code == RETURN_VALUE && (value & ACTION_MASK) == USER_NOTIF)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether this thread may let the filters of a process rest that it traces: it is itself under
   * none and may do many things.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2),
   *     PTRACE_O_SUSPEND_SECCOMP</a>
   */
  public static boolean canBeSuspended() {
    ProcessStatus own = ProcessStatus.parse(ProcFs.read("/proc/thread-self/status"));
    return own.seccomp() == 0 && (own.capEff() & 1L << Credentials.CAP_SYS_ADMIN) != 0;
  }
}
