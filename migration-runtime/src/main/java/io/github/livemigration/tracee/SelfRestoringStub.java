package io.github.livemigration.tracee;

import io.github.livemigration.linux.X8664;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Position-independent x86-64 code that makes remote calls in a process which must survive its
 * tracer.
 *
 * <p>Instead of the trap of {@link BatchStub} it ends by sending its own thread a signal that the
 * program ignores. A tracer sees the thread stop there, and replaces its registers. Without a
 * tracer the kernel drops the signal, and the code goes on: it puts registers and signal mask back
 * and jumps to where the thread was stopped. The extended registers need nothing, because neither
 * the code nor a system call changes them. The stack is not used, as below the stack pointer may
 * lie what belongs to the program.
 *
 * <p>{@code rt_sigreturn(2)} would not do: it makes the kernel forget how to restart a call that
 * has a time-out.
 */
final class SelfRestoringStub {
  /** Length of code and data. */
  static final int BYTES = 448;

  private static final int SIG_SETMASK = 2;
  private static final int SIGNAL_SET_BYTES = 8;

  private static final int DATA = 256;
  private static final int ALL_SIGNALS = DATA;
  private static final int SIGNAL_MASK = DATA + 8;
  private static final int INSTRUCTION_POINTER = DATA + 16;
  private static final int STACK_POINTER = DATA + 24;
  private static final int POPPED = DATA + 32;
  private static final int MOVED = POPPED + 9 * 8;
  private static final int NEXT_ADDRESS = MOVED + 7 * 8;
  private static final int NEXT_LENGTH = NEXT_ADDRESS + 8;
  private static final int NEXT_STUB = NEXT_LENGTH + 8;

  private static final int[] ONE_CALL = {
    0x0F, 0x05, // syscall
    0x48, 0x89, 0xC3, // mov rbx, rax
  };

  private static final int[] POPS = {
    0x41, 0x5F, // pop r15
    0x41, 0x5E, // pop r14
    0x41, 0x5D, // pop r13
    0x41, 0x5C, // pop r12
    0x5D, // pop rbp
    0x5B, // pop rbx
    0x41, 0x59, // pop r9
    0x41, 0x58, // pop r8
    0x9D, // popfq
  };

  private static final int[][] MOVES = {
    {0x48, 0x8B, 0x05}, // mov rax, [rip+...]
    {0x48, 0x8B, 0x0D}, // mov rcx, [rip+...]
    {0x48, 0x8B, 0x15}, // mov rdx, [rip+...]
    {0x48, 0x8B, 0x35}, // mov rsi, [rip+...]
    {0x48, 0x8B, 0x3D}, // mov rdi, [rip+...]
    {0x4C, 0x8B, 0x15}, // mov r10, [rip+...]
    {0x4C, 0x8B, 0x1D}, // mov r11, [rip+...]
  };

  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int end;

  private SelfRestoringStub() {}

  /** Returns a stub that makes the call which the registers hold; its result goes to RBX. */
  static SelfRestoringStub oneCall(WayBack back) {
    SelfRestoringStub stub = new SelfRestoringStub();
    stub.code(ONE_CALL).stop(back.quietSignal()).restore(back);
    return stub;
  }

  /** Returns whether such a stub is there; no compiler makes code that begins like it. */
  static boolean isOneCall(byte[] code, int start) {
    SelfRestoringStub stub = new SelfRestoringStub();
    stub.code(ONE_CALL).move32(0xB8, X8664.GETTID);
    int length = stub.bytes.position();
    return start >= 0
        && start <= code.length - BYTES
        && Arrays.equals(code, start, start + length, stub.bytes.array(), 0, length);
  }

  /** Returns a stub that runs a table of calls. */
  static SelfRestoringStub table(WayBack back) {
    SelfRestoringStub stub = new SelfRestoringStub();
    stub.loop().stop(back.quietSignal()).restore(back);
    return stub;
  }

  /**
   * Returns a stub that runs a table of calls, and without a tracer goes on to one that makes a
   * single call, to unmap the memory in which this one lies.
   */
  static SelfRestoringStub tableThenUnmap(
      int quietSignal, long address, long lengthBytes, long nextStub) {
    SelfRestoringStub stub = new SelfRestoringStub();
    stub.loop().stop(quietSignal).move32(0xB8, X8664.MUNMAP);
    stub.relative(NEXT_ADDRESS, 0x48, 0x8B, 0x3D); // mov rdi, [rip+...]
    stub.relative(NEXT_LENGTH, 0x48, 0x8B, 0x35); // mov rsi, [rip+...]
    stub.relative(NEXT_STUB, 0xFF, 0x25); // jmp [rip+...]
    stub.bytes.putLong(NEXT_ADDRESS, address);
    stub.bytes.putLong(NEXT_LENGTH, lengthBytes);
    stub.bytes.putLong(NEXT_STUB, nextStub);
    return stub;
  }

  byte[] bytes() {
    return bytes.array();
  }

  /** Returns where, from its start, a thread with a tracer has stopped at the end of its calls. */
  int end() {
    return end;
  }

  private SelfRestoringStub loop() {
    bytes.put(BatchStub.loop());
    return this;
  }

  private SelfRestoringStub stop(int signal) {
    move32(0xB8, X8664.GETTID);
    code(0x0F, 0x05, 0x89, 0xC7); // syscall; mov edi, eax
    move32(0xBE, signal); // esi
    move32(0xB8, X8664.TKILL);
    code(0x0F, 0x05);
    end = bytes.position();
    return this;
  }

  /** Signals come in only when the stack pointer is right again; flags survive a system call. */
  private void restore(WayBack back) {
    setSignalMask(ALL_SIGNALS);
    relative(POPPED, 0x48, 0x8D, 0x25); // lea rsp, [rip+...]
    code(POPS);
    relative(STACK_POINTER, 0x48, 0x8B, 0x25); // mov rsp, [rip+...]
    setSignalMask(SIGNAL_MASK);
    for (int i = 0; i < MOVES.length; i++) {
      relative(MOVED + i * 8, MOVES[i]);
    }
    relative(INSTRUCTION_POINTER, 0xFF, 0x25); // jmp [rip+...]
    Registers registers = back.alone().outsideTheKernel();
    bytes.putLong(ALL_SIGNALS, ~0L);
    bytes.putLong(SIGNAL_MASK, back.signalMask());
    bytes.putLong(INSTRUCTION_POINTER, registers.instructionPointer());
    bytes.putLong(STACK_POINTER, registers.stackPointer());
    putAll(POPPED, registers.poppedByStub());
    putAll(MOVED, registers.movedByStub());
  }

  private void putAll(int offset, long[] values) {
    for (int i = 0; i < values.length; i++) {
      bytes.putLong(offset + i * 8, values[i]);
    }
  }

  private void setSignalMask(int mask) {
    move32(0xB8, X8664.RT_SIGPROCMASK);
    move32(0xBF, SIG_SETMASK); // edi
    relative(mask, 0x48, 0x8D, 0x35); // lea rsi, [rip+...]
    move32(0xBA, 0); // edx
    code(0x41);
    move32(0xBA, SIGNAL_SET_BYTES); // r10d
    code(0x0F, 0x05);
  }

  private void move32(int instruction, int value) {
    code(instruction);
    bytes.putInt(value);
  }

  /** An instruction with the address of data, from its own end. */
  private void relative(int data, int... instruction) {
    code(instruction);
    bytes.putInt(data - (bytes.position() + 4));
  }

  private SelfRestoringStub code(int... code) {
    bytes.put(BatchStub.bytes(code));
    if (bytes.position() > DATA) {
      throw new IllegalStateException("code of " + bytes.position() + " bytes");
    }
    return this;
  }
}
