package io.github.livemigration.linux;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tracing of another process, one method for each request.
 *
 * <p>Every call for a tracee must come from the OS thread that seized it; from any other thread the
 * kernel answers ESRCH. Except for {@link #seize} and {@link #interrupt} the tracee must be in a
 * ptrace stop, or the answer is ESRCH as well. A thread that is traced already or out of reach
 * answers EPERM.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a>
 */
public final class Ptrace {
  /**
   * Register set: general purpose registers, {@code struct user_regs_struct}, 216 bytes on x86-64.
   */
  public static final int NT_PRSTATUS = 1;

  /** Register set: floating point and vector state in XSAVE layout. */
  public static final int NT_X86_XSTATE = 0x202;

  /** Option: system call stops carry {@code SIGTRAP | 0x80}. */
  public static final int OPTION_TRACESYSGOOD = 1;

  /** Option: stop at fork, and seize the child. */
  public static final int OPTION_TRACEFORK = 1 << 1;

  /** Option: stop at vfork, and seize the child. */
  public static final int OPTION_TRACEVFORK = 1 << 2;

  /** Option: stop at clone, and seize the child. */
  public static final int OPTION_TRACECLONE = 1 << 3;

  /** Option: stop at exec. */
  public static final int OPTION_TRACEEXEC = 1 << 4;

  /** Option: stop when a vfork is done. */
  public static final int OPTION_TRACEVFORKDONE = 1 << 5;

  /** Option: stop at exit, when registers can still be read. */
  public static final int OPTION_TRACEEXIT = 1 << 6;

  /** Option: kill the tracee when the tracer dies. */
  public static final int OPTION_EXITKILL = 1 << 20;

  /** Option: no seccomp filter runs while traced; needs CAP_SYS_ADMIN. */
  public static final int OPTION_SUSPEND_SECCOMP = 1 << 21;

  /** Event: about to return from fork; the message is the child's pid. */
  public static final int EVENT_FORK = 1;

  /** Event: about to return from vfork; the message is the child's pid. */
  public static final int EVENT_VFORK = 2;

  /** Event: about to return from clone; the message is the child's tid. */
  public static final int EVENT_CLONE = 3;

  /** Event: exec is done; the message is the former tid. */
  public static final int EVENT_EXEC = 4;

  /** Event: a vfork is done; the message is the child's pid. */
  public static final int EVENT_VFORK_DONE = 5;

  /** Event: about to exit; the message is the wait status. */
  public static final int EVENT_EXIT = 6;

  /**
   * Event: stopped by {@link #interrupt}, by a group stop, or as a new automatically seized child.
   */
  public static final int EVENT_STOP = 128;

  private static final int CONT = 7;
  private static final int SINGLESTEP = 9;
  private static final int DETACH = 17;
  private static final int SYSCALL = 24;
  private static final int SETOPTIONS = 0x4200;
  private static final int GETEVENTMSG = 0x4201;
  private static final int GETSIGINFO = 0x4202;
  private static final int GETREGSET = 0x4204;
  private static final int SETREGSET = 0x4205;
  private static final int SEIZE = 0x4206;
  private static final int INTERRUPT = 0x4207;
  private static final int LISTEN = 0x4208;
  private static final int PEEKSIGINFO = 0x4209;
  private static final int GETSIGMASK = 0x420a;
  private static final int SETSIGMASK = 0x420b;
  private static final int GET_DISPATCH = 0x4211;
  private static final int SET_DISPATCH = 0x4210;
  private static final int SECCOMP_GET_FILTER = 0x420c;
  private static final int SECCOMP_GET_METADATA = 0x420d;
  private static final int GET_RSEQ_CONFIGURATION = 0x420f;

  /** Length of the kernel's signal set. */
  private static final int SIGNAL_SET_BYTES = 8;

  /** Length of {@code siginfo_t}. */
  private static final int SIGNAL_INFO_BYTES = 128;

  // struct iovec: 0 void *base; 8 size_t length
  private static final int IOVEC_BASE = 0;
  private static final int IOVEC_LENGTH = 8;

  // struct ptrace_peeksiginfo_args: 0 u64 offset; 8 u32 flags; 12 s32 count
  private static final int PEEK_OFFSET = 0;
  private static final int PEEK_FLAGS = 8;
  private static final int PEEK_COUNT = 12;
  private static final int PEEK_ARGS_BYTES = 16;
  private static final int PEEK_SHARED = 1;
  private static final int PEEK_BATCH = 32;

  // struct ptrace_rseq_configuration: 0 u64 address; 8 u32 size; 12 u32 signature; 16 u32 flags; 20
  // u32 pad
  private static final int RSEQ_BYTES = 24;

  // struct seccomp_metadata: 0 u64 position; 8 u64 flags
  private static final int METADATA_FLAGS = 8;
  private static final int METADATA_BYTES = 16;

  private Ptrace() {}

  /** Trace a thread without stopping it. */
  public static void seize(int tid, int options) {
    request(SEIZE, "SEIZE", tid, 0, options);
  }

  /**
   * Ask a seized thread to stop; it reports {@link #EVENT_STOP}, or a stop that was already under
   * way.
   */
  public static void interrupt(int tid) {
    request(INTERRUPT, "INTERRUPT", tid, 0, 0);
  }

  /** Continue, and deliver a signal unless it is 0. */
  public static void resume(int tid, int signal) {
    request(CONT, "CONT", tid, 0, signal);
  }

  /** Continue to the next entry or exit of a system call, and deliver a signal unless it is 0. */
  public static void resumeToSystemCall(int tid, int signal) {
    request(SYSCALL, "SYSCALL", tid, 0, signal);
  }

  /** Run one instruction, and deliver a signal unless it is 0. */
  public static void singleStep(int tid, int signal) {
    request(SINGLESTEP, "SINGLESTEP", tid, 0, signal);
  }

  /** Leave a thread in its group stop, but report what happens to it. */
  public static void listen(int tid) {
    request(LISTEN, "LISTEN", tid, 0, 0);
  }

  /** Continue untraced, and deliver a signal unless it is 0. */
  public static void detach(int tid, int signal) {
    request(DETACH, "DETACH", tid, 0, signal);
  }

  /** Replace the options. */
  public static void setOptions(int tid, int options) {
    request(SETOPTIONS, "SETOPTIONS", tid, 0, options);
  }

  /** What the last event has to say, such as the tid of a new thread. */
  public static long eventMessage(int tid) {
    NativeBuffer scratch = Scratch.get();
    request(GETEVENTMSG, "GETEVENTMSG", tid, 0, scratch.address());
    return scratch.getLong(0);
  }

  /**
   * Read a register set.
   *
   * @param noteType {@link #NT_PRSTATUS} or {@link #NT_X86_XSTATE}
   * @param into receives the set; what does not fit is cut off
   * @return length of the set in bytes
   */
  public static int getRegisterSet(int tid, int noteType, NativeBuffer into) {
    NativeBuffer vector = vector(into, into.length());
    request(GETREGSET, "GETREGSET", tid, noteType, vector.address());
    return (int) vector.getLong(IOVEC_LENGTH);
  }

  /** Write a register set of the given length in bytes. */
  public static void setRegisterSet(int tid, int noteType, NativeBuffer from, int length) {
    if (length > from.length()) {
      throw new IllegalArgumentException(
          "length " + length + " exceeds the buffer's " + from.length());
    }
    try {
      request(SETREGSET, "SETREGSET", tid, noteType, vector(from, length).address());
    } finally {
      Reference.reachabilityFence(from);
    }
  }

  /** Blocked signals; signal n is bit n-1. */
  public static long signalMask(int tid) {
    NativeBuffer scratch = Scratch.get();
    request(GETSIGMASK, "GETSIGMASK", tid, SIGNAL_SET_BYTES, scratch.address());
    return scratch.getLong(0);
  }

  /** Set the blocked signals; signal n is bit n-1. */
  public static void setSignalMask(int tid, long mask) {
    NativeBuffer scratch = Scratch.get();
    scratch.putLong(0, mask);
    request(SETSIGMASK, "SETSIGMASK", tid, SIGNAL_SET_BYTES, scratch.address());
  }

  /**
   * List the pending signals without taking them.
   *
   * @param shared those of the process instead of those of the thread
   * @return {@code siginfo_t} of 128 bytes for each, in queue order
   */
  public static List<byte[]> pendingSignals(int tid, boolean shared) {
    NativeBuffer scratch = Scratch.get();
    List<byte[]> signals = new ArrayList<>();
    while (true) {
      scratch.putLong(PEEK_OFFSET, signals.size());
      scratch.putInt(PEEK_FLAGS, shared ? PEEK_SHARED : 0);
      scratch.putInt(PEEK_COUNT, PEEK_BATCH);
      long data = scratch.address() + PEEK_ARGS_BYTES;
      int count = (int) request(PEEKSIGINFO, "PEEKSIGINFO", tid, scratch.address(), data);
      for (int i = 0; i < count; i++) {
        signals.add(scratch.copy(PEEK_ARGS_BYTES + i * SIGNAL_INFO_BYTES, SIGNAL_INFO_BYTES));
      }
      if (count == 0) {
        return signals;
      }
    }
  }

  /**
   * The {@code siginfo_t} of 128 bytes of the signal that stopped the thread.
   *
   * @throws SystemCallException with EINVAL in a group stop
   */
  public static byte[] signalInfo(int tid) {
    NativeBuffer scratch = Scratch.get();
    request(GETSIGINFO, "GETSIGINFO", tid, 0, scratch.address());
    return scratch.copy(0, SIGNAL_INFO_BYTES);
  }

  /** The thread's registered rseq area; empty when it has none. Linux 5.13. */
  public static Optional<RseqConfiguration> rseqConfiguration(int tid) {
    NativeBuffer scratch = Scratch.get();
    request(GET_RSEQ_CONFIGURATION, "GET_RSEQ_CONFIGURATION", tid, RSEQ_BYTES, scratch.address());
    long address = scratch.getLong(0);
    if (address == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new RseqConfiguration(address, scratch.getInt(8), scratch.getInt(12), scratch.getInt(16)));
  }

  /**
   * A filter of {@code seccomp(2)} as classic BPF. Needs CAP_SYS_ADMIN.
   *
   * @param position 0 for the oldest
   * @param into of {@link SeccompProgram#MAX_BYTES}: the kernel takes no length
   * @return instructions of 8 bytes each; empty where there are no more filters
   */
  public static byte[] seccompFilter(int tid, int position, NativeBuffer into) {
    FaultPoints.reach("SECCOMP_GET_FILTER");
    if (into.length() < SeccompProgram.MAX_BYTES) {
      throw new IllegalArgumentException("room for a filter: " + into.length() + " bytes");
    }
    long count =
        LibC.syscall(X8664.PTRACE, SECCOMP_GET_FILTER, tid, position, into.address(), 0, 0);
    if (count < 0 && LibC.errno() == Errno.ENOENT) {
      return new byte[0];
    }
    if (count < 0) {
      throw LibC.failure("ptrace(SECCOMP_GET_FILTER, tid " + tid + ")");
    }
    return into.copy(0, (int) count * SeccompProgram.INSTRUCTION_BYTES);
  }

  /** Flags of a filter of {@code seccomp(2)}, counted as by {@link #seccompFilter}. Linux 4.16. */
  public static long seccompFilterFlags(int tid, int position) {
    NativeBuffer scratch = Scratch.get();
    scratch.putLong(0, position);
    request(SECCOMP_GET_METADATA, "SECCOMP_GET_METADATA", tid, METADATA_BYTES, scratch.address());
    return scratch.getLong(METADATA_FLAGS);
  }

  /** Which system calls of the thread become a SIGSYS; empty for none. Linux 6.4. */
  public static Optional<DispatchConfiguration> dispatch(int tid) {
    NativeBuffer scratch = Scratch.get();
    request(
        GET_DISPATCH,
        "GET_SYSCALL_USER_DISPATCH_CONFIG",
        tid,
        DispatchConfiguration.BYTES,
        scratch.address());
    return scratch.getLong(0) == 0
        ? Optional.empty()
        : Optional.of(DispatchConfiguration.from(scratch));
  }

  /** Choose which system calls of the thread become a SIGSYS; empty for none. Linux 6.4. */
  public static void setDispatch(int tid, Optional<DispatchConfiguration> configuration) {
    NativeBuffer scratch = Scratch.get();
    scratch.clear(0, DispatchConfiguration.BYTES);
    configuration.ifPresent(wanted -> wanted.writeTo(scratch));
    request(
        SET_DISPATCH,
        "SET_SYSCALL_USER_DISPATCH_CONFIG",
        tid,
        DispatchConfiguration.BYTES,
        scratch.address());
  }

  private static NativeBuffer vector(NativeBuffer memory, int length) {
    NativeBuffer vector = Scratch.get();
    vector.putLong(IOVEC_BASE, memory.address());
    vector.putLong(IOVEC_LENGTH, length);
    return vector;
  }

  private static long request(int request, String name, int tid, long address, long data) {
    FaultPoints.reach(name);
    long result = LibC.syscall(X8664.PTRACE, request, tid, address, data, 0, 0);
    if (result < 0) {
      throw LibC.failure("ptrace(" + name + ", tid " + tid + ")");
    }
    return result;
  }
}
