package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.RestartableSequence;
import io.github.livemigration.image.Seccomp;
import io.github.livemigration.image.SystemCallDispatch;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.DispatchConfiguration;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.tracee.Registers;
import io.github.livemigration.tracee.SystemCallRules;
import io.github.livemigration.tracee.TracedThread;
import io.github.livemigration.tracee.WayBack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads one stopped thread.
 *
 * <p>In three steps: what ptrace shows, before any remote call disturbs it; then the thread's share
 * of the remote calls; then its registers and its mask are put back.
 */
final class ThreadReader {
  private static final byte[] INT_80 = {(byte) 0xCD, (byte) 0x80};

  private final TracedThread thread;
  private final Registers registers;
  private final byte[] extendedState;
  private final long signalMask;
  private final List<byte[]> pendingSignals = new ArrayList<>();
  private final Optional<RestartableSequence> restartableSequence;
  private final Registers resumption;
  private final Optional<DispatchConfiguration> dispatch;
  private final WayBack wayBack;
  private Optional<Obstacle> obstacle = Optional.empty();

  ThreadReader(TracedThread thread, ProcessMemory memory, ProcessStatus status) {
    this.thread = thread;
    signalMask = thread.signalMask();
    // Without a handler of SIGSYS a dispatched call would be the thread's end.
    dispatch =
        Signals.contains(status.sigCaught(), Signals.SIGSYS)
            ? SystemCallRules.dispatch(thread)
            : Optional.empty();
    Registers found = thread.registers();
    Optional<Long> call = Optional.of(found.systemCall());
    if (InterruptedCall.isAnonymous(found)) {
      call = identifyCall(memory.pid(), found);
      found = thread.registers();
    }
    extendedState = thread.extendedState();
    if (status.sigPending() != 0) {
      pendingSignals.addAll(thread.pendingSignals(false));
    }
    restartableSequence =
        thread
            .restartableSequence()
            .map(
                area ->
                    new RestartableSequence(area.address(), area.sizeBytes(), area.signature()));
    abortRestartableSequence(memory, found);
    registers = found;
    resumption = registers.copy();
    restartSystemCall(status, call);
    refuseOtherModes(memory);
    Registers alone = registers.copy();
    InterruptedCall.undoEnd(alone);
    long inUse = status.sigCaught() | status.sigPending() | status.shdPending();
    wayBack = new WayBack(registers, alone, signalMask, WayBack.quietSignal(inUse));
  }

  private Optional<Long> identifyCall(int pid, Registers found) {
    thread.blockSignals();
    disturb();
    try {
      return InterruptedCall.identify(pid, thread, found);
    } finally {
      thread.setSignalMask(signalMask);
      restore();
    }
  }

  /** The program may use segments, or calls, that the numbers here are not about. */
  private void refuseOtherModes(ProcessMemory memory) {
    if (registers.hasOwnSegments()) {
      obstacle = Optional.of(ThreadKind.SEGMENTS.at("thread " + thread.tid()));
    } else if (registers.systemCall() >= 0
        && registers.result() < 0
        && registers.enteredOtherwise()
        && Arrays.equals(memory.readBytes(registers.instructionPointer() - 2, 2), INT_80)) {
      obstacle = Optional.of(ThreadKind.COMPATIBLE_CALL.at("thread " + thread.tid()));
    }
  }

  /**
   * Continue at the abort handler where the thread was stopped inside a restartable sequence, as
   * the kernel would have made it when it preempts the thread. That holds for the source as well:
   * remote calls end the sequence in the kernel's eyes.
   */
  private void abortRestartableSequence(ProcessMemory memory, Registers found) {
    if (restartableSequence.isEmpty()) {
      return;
    }
    // struct rseq: u32 cpu_id_start, cpu_id; u64 rseq_cs.
    long descriptor = longAt(memory, restartableSequence.get().address() + 8);
    if (descriptor != 0) {
      // struct rseq_cs: u32 version, flags; u64 start_ip, post_commit_offset, abort_ip.
      long start = longAt(memory, descriptor + 8);
      long length = longAt(memory, descriptor + 16);
      long offset = found.instructionPointer() - start;
      if (Long.compareUnsigned(offset, length) < 0) {
        found.setInstructionPointer(longAt(memory, descriptor + 24));
      }
    }
  }

  private static long longAt(ProcessMemory memory, long address) {
    return ByteBuffer.wrap(memory.readBytes(address, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Have the thread go back into the system call that the stop has interrupted. */
  private void restartSystemCall(ProcessStatus status, Optional<Long> call) {
    if (call.isEmpty() && InterruptedCall.isAnonymous(registers)) {
      obstacle =
          Optional.of(
              ThreadKind.ANONYMOUS_SYSTEM_CALL.at(
                  "thread " + thread.tid(),
                  "it waits in a system call that a stop has interrupted before, and this kernel"
                      + " does not tell which (/proc/PID/wchan)"));
      return;
    }
    InterruptedCall.undoEnd(resumption);
    call.ifPresent(number -> InterruptedCall.restartAnew(resumption, number));
    long heldBack = (status.sigPending() | status.shdPending()) & status.sigBlocked() & ~signalMask;
    if (heldBack != 0 && InterruptedCall.waits(resumption)) {
      // Signals that only the call itself blocks come before it is issued again.
      resumption.repeatSystemCall();
    }
  }

  /** Returns what of the thread cannot be carried. */
  Optional<Obstacle> obstacle() {
    return obstacle;
  }

  Registers registers() {
    return registers;
  }

  Optional<RestartableSequence> restartableSequence() {
    return restartableSequence;
  }

  TracedThread thread() {
    return thread;
  }

  /** Keep away what hinders remote calls, until {@link #restore}. */
  void disturb() {
    if (dispatch.isPresent()) {
      SystemCallRules.setDispatch(thread, Optional.empty());
    }
  }

  /** Undo {@link #disturb}. */
  void restore() {
    if (dispatch.isPresent()) {
      SystemCallRules.setDispatch(thread, dispatch);
    }
  }

  /** Returns what undoes remote calls. */
  WayBack wayBack() {
    return wayBack;
  }

  /** Returns the signals that wait for this thread. */
  List<byte[]> pendingSignals() {
    return pendingSignals;
  }

  /**
   * Returns what was read.
   *
   * @param pending of the signals that wait for this thread, those to queue for it again
   */
  ThreadState state(
      ProcessStatus status,
      RemoteStateReader.OfThread remote,
      Seccomp seccomp,
      List<byte[]> pending) {
    return new ThreadState(
        innermost(status.nsPids()),
        status.name(),
        resumption.toBytes(),
        extendedState,
        signalMask,
        pending,
        remote.alternateStack(),
        remote.robustListHead(),
        remote.robustListLength(),
        restartableSequence,
        remote.clearChildTid(),
        remote.scheduling(),
        remote.controls(),
        IdentityReader.read(status, remote.secureBits()),
        dispatch.map(
            found -> new SystemCallDispatch(found.offset(), found.length(), found.selector())),
        seccomp);
  }

  /** A thread id as the target itself sees it. */
  static int innermost(List<Integer> ids) {
    return ids.get(ids.size() - 1);
  }
}
