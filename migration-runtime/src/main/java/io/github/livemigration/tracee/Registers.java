package io.github.livemigration.tracee;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.X8664;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The general registers of a stopped thread, as {@code struct user_regs_struct} of x86-64 orders
 * them.
 *
 * <p>Not thread-safe; a copy, without effect on the thread until it is written back.
 */
public final class Registers {
  /** Length of the kernel's structure in bytes. */
  public static final int BYTES = 27 * 8;

  private static final int R15 = 0;
  private static final int R14 = 1;
  private static final int R13 = 2;
  private static final int R12 = 3;
  private static final int RBP = 4;
  private static final int RBX = 5;
  private static final int R11 = 6;
  private static final int RAX = 10;
  private static final int RCX = 11;
  private static final int RDX = 12;
  private static final int RSI = 13;
  private static final int RDI = 14;
  private static final int ORIG_RAX = 15;
  private static final int RIP = 16;
  private static final int CS = 17;
  private static final int FLAGS = 18;
  private static final int RSP = 19;
  private static final int FS_BASE = 21;
  private static final int[] DATA_SEGMENTS = {23, 24, 25, 26};
  private static final int USER_CODE_SEGMENT = 0x33;
  private static final int R8 = 9;
  private static final int R9 = 8;
  private static final int R10 = 7;

  private static final int[] ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};

  private static final long ERESTARTSYS = -512;
  private static final long ERESTARTNOHAND = -514;
  private static final long ERESTART_RESTARTBLOCK = -516;

  /** As {@link SelfRestoringStub} takes them. */
  private static final int[] POPPED = {R15, R14, R13, R12, RBP, RBX, R9, R8, FLAGS};

  private static final int[] MOVED = {RAX, RCX, RDX, RSI, RDI, R10, R11};

  private final long[] values = new long[BYTES / 8];

  /** Read the registers from the kernel's structure. */
  public static Registers from(byte[] structure) {
    Registers registers = new Registers();
    ByteBuffer.wrap(structure).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(registers.values);
    return registers;
  }

  static Registers from(NativeBuffer structure) {
    Registers registers = new Registers();
    for (int i = 0; i < registers.values.length; i++) {
      registers.values[i] = structure.getLong(i * 8);
    }
    return registers;
  }

  void writeTo(NativeBuffer structure) {
    for (int i = 0; i < values.length; i++) {
      structure.putLong(i * 8, values[i]);
    }
  }

  /** Returns the registers as the kernel's structure. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes.array();
  }

  /** Returns an independent copy. */
  public Registers copy() {
    Registers copy = new Registers();
    System.arraycopy(values, 0, copy.values, 0, values.length);
    return copy;
  }

  /** Returns the address of the next instruction. */
  public long instructionPointer() {
    return values[RIP];
  }

  /** Sets the address of the next instruction. */
  public void setInstructionPointer(long address) {
    values[RIP] = address;
  }

  /** Returns the stack pointer. */
  public long stackPointer() {
    return values[RSP];
  }

  /** Set the stack pointer. */
  public void setStackPointer(long address) {
    values[RSP] = address;
  }

  /** Returns the base of the thread's local storage. */
  public long threadPointer() {
    return values[FS_BASE];
  }

  /** Returns the number of the system call the thread was stopped in, or -1. */
  public long systemCall() {
    return values[ORIG_RAX];
  }

  /** Returns the result of the system call the thread was stopped in, or register RAX. */
  public long result() {
    return values[RAX];
  }

  /** Returns an argument of the system call the thread was stopped in, counted from 0. */
  public long argument(int index) {
    return values[ARGUMENTS[index]];
  }

  /**
   * Returns whether the thread has entered the kernel in another way than by {@code syscall}, which
   * leaves the address of the next instruction in RCX.
   */
  public boolean enteredOtherwise() {
    return values[RCX] != values[RIP];
  }

  /** Returns whether it uses segments other than the kernel's usual ones. */
  public boolean hasOwnSegments() {
    return values[CS] != USER_CODE_SEGMENT
        || Arrays.stream(DATA_SEGMENTS).anyMatch(segment -> values[segment] != 0);
  }

  /** Set the number of the system call the thread was stopped in. */
  public void setSystemCall(long number) {
    values[ORIG_RAX] = number;
  }

  /**
   * Have the kernel issue the system call the thread was stopped in again when it runs on, unless a
   * signal handler runs first; the call then ends with EINTR.
   */
  public void restartSystemCall() {
    values[RAX] = ERESTARTNOHAND;
  }

  /**
   * Make the thread issue its system call again when it runs on, after whatever signal handlers.
   *
   * <p>The {@code syscall} instruction is two bytes long.
   */
  public void repeatSystemCall() {
    values[RIP] -= 2;
    values[RAX] = values[ORIG_RAX];
    values[ORIG_RAX] = -1;
  }

  /**
   * Returns what the program sees when the thread goes on, without a signal: the kernel's restart
   * code has become a call that is issued again, as the kernel does it.
   */
  Registers outsideTheKernel() {
    Registers outside = copy();
    long result = result();
    if (systemCall() >= 0 && result <= ERESTARTSYS && result >= ERESTARTNOHAND) {
      outside.repeatSystemCall();
    } else if (systemCall() >= 0 && result == ERESTART_RESTARTBLOCK) {
      outside.setSystemCall(X8664.RESTART_SYSCALL);
      outside.repeatSystemCall();
    }
    return outside;
  }

  long[] poppedByStub() {
    return Arrays.stream(POPPED).mapToLong(register -> values[register]).toArray();
  }

  long[] movedByStub() {
    return Arrays.stream(MOVED).mapToLong(register -> values[register]).toArray();
  }

  /** Returns the result of the one call of a {@link SelfRestoringStub}. */
  long storedResult() {
    return values[RBX];
  }

  /**
   * Prepare a system call to be run by the instruction at the given address.
   *
   * <p>With {@code orig_rax} at -1 the kernel does not take the thread for one that was interrupted
   * in a system call and leaves these registers alone.
   */
  public void prepareSystemCall(long instruction, long number, long... arguments) {
    for (int i = 0; i < ARGUMENTS.length; i++) {
      values[ARGUMENTS[i]] = i < arguments.length ? arguments[i] : 0;
    }
    values[RAX] = number;
    values[ORIG_RAX] = -1;
    values[RIP] = instruction;
  }

  /**
   * Make the thread end, and only it, when it runs on.
   *
   * @param instruction address of a {@code syscall} instruction
   */
  public void prepareExit(long instruction, int exitCode) {
    prepareSystemCall(instruction, X8664.EXIT, exitCode);
  }

  /** Prepare a run of {@link BatchStub} over a table. */
  void prepareBatch(long stub, long table, int calls) {
    values[RBX] = table;
    values[R12] = calls;
    values[ORIG_RAX] = -1;
    values[RIP] = stub;
  }

  /** Prepare {@link InitProgram}'s reaper. */
  void prepareReaper(long entry, int mainPid) {
    values[R12] = mainPid;
    values[R12 - 1] = 0;
    values[ORIG_RAX] = -1;
    values[RIP] = entry;
  }
}
