package io.github.livemigration.tracee;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.Ptrace;
import io.github.livemigration.linux.RseqConfiguration;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.Wait;
import io.github.livemigration.linux.WaitStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * A traced thread of another process. To be used on the {@link Tracer}'s thread only, and, but for
 * {@link #interrupt}, while the thread is stopped.
 */
public final class TracedThread {
  /** Every signal but SIGTRAP, by which remote calls come back. */
  private static final long ALL_BUT_TRAP = ~(1L << (Signals.SIGTRAP - 1));

  private static final long LOOK_INTERVAL_NANOS = 20_000;

  /** What wchan shows for a thread that does not wait, and for one that a tracer has stopped. */
  private static final String NO_PLACE = "0";

  private static final String PLACE_OF_A_STOP = "ptrace_stop";

  /** Many times as many as the longest function of a vdso takes. */
  private static final int MAX_STEPS = 20_000;

  private static final NativeBufferPerThread BUFFER = new NativeBufferPerThread();

  private final int tid;
  private final KeptSignals keptSignals = new KeptSignals();
  private boolean stoppedByJobControl;
  private IntConsumer onNewTask = task -> {};

  private TracedThread(int tid) {
    this.tid = tid;
  }

  /**
   * Attach to a running thread without stopping it.
   *
   * @param options {@code PTRACE_O_} bits
   */
  public static TracedThread seize(int tid, int options) {
    Ptrace.seize(tid, options);
    return new TracedThread(tid);
  }

  /**
   * Take charge of a thread to which the kernel attached this tracer, as it does for traced clones.
   */
  public static TracedThread attached(int tid) {
    return new TracedThread(tid);
  }

  /** Returns the thread's id in the tracer's PID namespace. */
  public int tid() {
    return tid;
  }

  /**
   * Call back with the id of each thread or process that this thread starts while it runs remote
   * calls.
   */
  public void onNewTask(IntConsumer listener) {
    onNewTask = listener;
  }

  /** Ask a running thread to stop; {@link #awaitStop} waits until it has. */
  public void interrupt() {
    Ptrace.interrupt(tid);
  }

  /**
   * Wait until the thread has stopped after {@link #interrupt}, or was born stopped.
   *
   * <p>A signal may win the race, and any stop takes back a request made just before it. The signal
   * is delivered, as it would have been without a tracer, and another request stops the thread
   * before the handler's first instruction: made in a stop it holds for the next, see ptrace(2).
   */
  public void awaitStop() {
    awaitStop(TriggerSignal.NONE);
  }

  /**
   * Wait as in {@link #awaitStop()}.
   *
   * @param trigger the signal that must not be delivered
   */
  public void awaitStop(TriggerSignal trigger) {
    WaitStatus status = awaitStatus();
    while (status.kind() == WaitStatus.Kind.STOPPED || isInsideSystemCall(status)) {
      int signal = status.kind() == WaitStatus.Kind.STOPPED ? status.signal() : 0;
      Ptrace.interrupt(tid);
      Ptrace.resume(tid, trigger.isKept(tid, signal) ? 0 : signal);
      status = awaitStatus();
    }
    stoppedByJobControl = status.kind() == WaitStatus.Kind.GROUP_STOP;
  }

  /**
   * Returns whether the last {@link #awaitStop} found that a signal such as SIGSTOP has stopped the
   * process, or is about to.
   */
  public boolean isStoppedByJobControl() {
    return stoppedByJobControl;
  }

  /**
   * A thread that reports a clone has not left the call yet: its registers lack the result. The
   * request to stop is still pending and stops it again once it has.
   */
  private static boolean isInsideSystemCall(WaitStatus status) {
    return status.kind() == WaitStatus.Kind.EVENT_STOP && status.event() != Ptrace.EVENT_STOP;
  }

  private WaitStatus awaitStatus() {
    WaitStatus status = Wait.waitFor(tid).status();
    if (status.kind() == WaitStatus.Kind.EXITED || status.kind() == WaitStatus.Kind.SIGNALED) {
      throw new TraceeDiedException(tid, status);
    }
    return status;
  }

  /** Returns a copy of the general registers. */
  public Registers registers() {
    NativeBuffer buffer = BUFFER.get();
    Ptrace.getRegisterSet(tid, Ptrace.NT_PRSTATUS, buffer);
    return Registers.from(buffer);
  }

  /** Replaces the general registers. */
  public void setRegisters(Registers registers) {
    NativeBuffer buffer = BUFFER.get();
    registers.writeTo(buffer);
    Ptrace.setRegisterSet(tid, Ptrace.NT_PRSTATUS, buffer, Registers.BYTES);
  }

  /** Returns the XSAVE area: x87, SSE, AVX, AVX-512, PKRU. */
  public byte[] extendedState() {
    NativeBuffer buffer = BUFFER.get();
    int length = Ptrace.getRegisterSet(tid, Ptrace.NT_X86_XSTATE, buffer);
    return buffer.copy(0, length);
  }

  /**
   * Replaces the XSAVE area. One of another processor is cut or filled up to the length that this
   * host's kernel wants.
   *
   * @throws IllegalArgumentException for registers in use that this processor lacks
   */
  public void setExtendedState(byte[] state) {
    byte[] fitted = ExtendedState.fitted(state, ExtendedState.hostBytes(this::extendedState));
    NativeBuffer buffer = BUFFER.get();
    buffer.put(0, fitted);
    Ptrace.setRegisterSet(tid, Ptrace.NT_X86_XSTATE, buffer, fitted.length);
  }

  /** Returns the blocked signals, bit n-1 for signal n. */
  public long signalMask() {
    return Ptrace.signalMask(tid);
  }

  /** Replaces the blocked signals. */
  public void setSignalMask(long mask) {
    Ptrace.setSignalMask(tid, mask);
  }

  /** Block what could disturb remote calls. */
  public void blockSignals() {
    Ptrace.setSignalMask(tid, ALL_BUT_TRAP);
  }

  /**
   * Returns pending signals as {@code siginfo_t}.
   *
   * @param shared those directed at the process instead of this thread
   */
  public List<byte[]> pendingSignals(boolean shared) {
    return Ptrace.pendingSignals(tid, shared);
  }

  /** Returns the registered rseq area, if any. */
  public Optional<RseqConfiguration> restartableSequence() {
    return Ptrace.rseqConfiguration(tid);
  }

  /** Replaces the ptrace options. */
  public void setOptions(int options) {
    Ptrace.setOptions(tid, options);
  }

  /**
   * Run one system call in the thread by stepping over a {@code syscall} instruction, and put its
   * registers back.
   *
   * @param instruction address of the instruction
   * @return what the kernel returned: a negative errno on failure
   */
  public long call(long instruction, long number, long... arguments) {
    return call(() -> Ptrace.singleStep(tid, 0), 1, instruction, number, arguments);
  }

  /**
   * Like {@link #call(long, long, long...)}, but without a signal: the kernel gives SIGTRAP its
   * default action back where it traps a thread that ignores it.
   */
  public long callWithoutTrap(long instruction, long number, long... arguments) {
    return call(() -> Ptrace.resumeToSystemCall(tid, 0), 2, instruction, number, arguments);
  }

  private long call(Runnable step, int stops, long instruction, long number, long... arguments) {
    Registers before = registers();
    Registers prepared = before.copy();
    prepared.prepareSystemCall(instruction, number, arguments);
    setRegisters(prepared);
    for (int i = 0; i < stops; i++) {
      step.run();
      awaitTrap(step);
    }
    long result = registers().result();
    setRegisters(before);
    leaveSingleStepping();
    return result;
  }

  /**
   * Run instruction by instruction, without any signal, as long as the thread stands where it must
   * not be left.
   *
   * @throws IllegalStateException where that takes too long
   */
  public void stepWhile(LongPredicate standsThere) {
    long mask = signalMask();
    blockSignals();
    try {
      int steps = 0;
      while (standsThere.test(registers().instructionPointer())) {
        if (steps++ == MAX_STEPS) {
          throw new IllegalStateException(
              "thread %d does not leave %#x".formatted(tid, registers().instructionPointer()));
        }
        Ptrace.singleStep(tid, 0);
        awaitTrap();
      }
      leaveSingleStepping();
    } finally {
      setSignalMask(mask);
    }
  }

  /**
   * Stop again without the trap flag. The kernel does not clear it when a tracer dies; the thread
   * would be killed by SIGTRAP at its next instruction.
   */
  private void leaveSingleStepping() {
    interrupt();
    Ptrace.resume(tid, 0);
    awaitStop();
  }

  /**
   * Let the thread go back into the system call that it restarts, look at it while it waits there,
   * and stop it again. It executes no instruction of its own meanwhile, not even when the call
   * ends.
   *
   * @param look what /proc names the place where it waits
   * @return what was seen; empty where the call ended
   */
  public String whileItWaits(Supplier<String> look) {
    Runnable resume = () -> Ptrace.resumeToSystemCall(tid, 0);
    resume.run();
    awaitTrap(resume);
    resume.run();
    String seen = "";
    boolean left = false;
    while (seen.isEmpty() && !left) {
      LockSupport.parkNanos(LOOK_INTERVAL_NANOS);
      String place = look.get();
      left = place.equals(PLACE_OF_A_STOP);
      seen = left || place.equals(NO_PLACE) ? "" : place;
    }
    if (!left) {
      interrupt();
    }
    awaitTrap(resume);
    interrupt(); // Any stop takes back the request that was there before.
    Ptrace.resume(tid, 0);
    awaitStop();
    return seen;
  }

  /** Set the thread off over a table of calls; {@link #awaitTrap} waits for its end. */
  void startBatch(Registers base, long stub, long table, int calls) {
    Registers prepared = base.copy();
    prepared.prepareBatch(stub, table, calls);
    setRegisters(prepared);
    Ptrace.resume(tid, 0);
  }

  /**
   * Set the thread off over code that finds back by itself. The registers come first: from then on
   * the thread needs no tracer to get its mask back.
   */
  void startLent(Registers prepared, int quietSignal) {
    setRegisters(prepared);
    setSignalMask(~(1L << (quietSignal - 1)));
    Ptrace.resume(tid, 0);
  }

  /** Wait for the signal that ends such code, at the given instruction. */
  void awaitQuietSignal(int signal, long instruction) {
    while (true) {
      WaitStatus status = awaitStatus();
      if (status.kind() == WaitStatus.Kind.STOPPED) {
        if (status.signal() == signal && registers().instructionPointer() == instruction) {
          return;
        }
        keptSignals.add(status.signal());
      }
      Ptrace.resume(tid, 0);
    }
  }

  /**
   * Wait for the trap that ends remote calls; a signal that cannot be blocked is kept for later.
   */
  void awaitTrap() {
    awaitTrap(() -> Ptrace.resume(tid, 0));
  }

  private void awaitTrap(Runnable resume) {
    while (true) {
      WaitStatus status = awaitStatus();
      switch (status.kind()) {
        case STOPPED -> {
          if (status.signal() == Signals.SIGTRAP) {
            return;
          }
          keptSignals.add(status.signal());
        }
        case EVENT_STOP -> {
          int event = status.event();
          if (event == Ptrace.EVENT_CLONE || event == Ptrace.EVENT_FORK) {
            onNewTask.accept((int) Ptrace.eventMessage(tid));
          }
        }
        default -> {
          // A group stop asks for nothing: remote calls go on.
        }
      }
      resume.run();
    }
  }

  /**
   * Let the thread come to a SIGSTOP that is pending for it, and take the signal away. Handlers of
   * signals that come first are entered and not executed, as the kernel delivers all signals before
   * it returns to the program.
   */
  public void takeStop() {
    int signal = 0;
    while (true) {
      Ptrace.resume(tid, signal);
      WaitStatus status = awaitStatus();
      signal = status.kind() == WaitStatus.Kind.STOPPED ? status.signal() : 0;
      if (signal == Signals.SIGSTOP) {
        return;
      }
    }
  }

  /** Let the thread run on, still traced. */
  public void resume() {
    Ptrace.resume(tid, 0);
    keptSignals.sendTo(tid);
  }

  /** Let the thread run on, untraced. */
  public void detach() {
    Ptrace.detach(tid, 0);
    keptSignals.sendTo(tid);
  }

  /** Wait until the thread has ended. */
  public void awaitEnd() {
    while (true) {
      WaitStatus status = Wait.waitFor(tid).status();
      if (status.kind() == WaitStatus.Kind.EXITED || status.kind() == WaitStatus.Kind.SIGNALED) {
        return;
      }
    }
  }
}
