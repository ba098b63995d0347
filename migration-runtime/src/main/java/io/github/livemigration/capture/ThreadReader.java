package io.github.livemigration.capture;

import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.RestartableSequence;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.Registers;
import io.github.livemigration.tracee.TracedThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one stopped thread.
 *
 * <p>In three steps: what ptrace shows, before any remote call disturbs it; then the thread's share
 * of the remote calls; then its registers and its mask are put back.
 */
final class ThreadReader {
  private static final long ERESTARTSYS = -512;
  private static final long ERESTART_RESTARTBLOCK = -516;

  /**
   * Calls that a stop makes fail with EINTR although no handler runs, see signal(7). A thread that
   * is found at the end of such a call issues it again.
   */
  private static final Set<Long> INTERRUPTED_WITHOUT_CAUSE =
      Set.of(
          (long) X8664.EPOLL_WAIT,
          (long) X8664.EPOLL_PWAIT,
          (long) X8664.EPOLL_PWAIT2,
          (long) X8664.RT_SIGTIMEDWAIT,
          (long) X8664.SEMOP);

  private final TracedThread thread;
  private final Registers registers;
  private final byte[] extendedState;
  private final long signalMask;
  private final List<byte[]> pendingSignals = new ArrayList<>();
  private final Optional<RestartableSequence> restartableSequence;
  private final Registers resumption;

  ThreadReader(TracedThread thread, ProcessMemory memory, ProcessStatus status) {
    this.thread = thread;
    registers = thread.registers();
    extendedState = thread.extendedState();
    signalMask = thread.signalMask();
    if (status.sigPending() != 0) {
      pendingSignals.addAll(thread.pendingSignals(false));
    }
    restartableSequence =
        thread
            .restartableSequence()
            .map(
                area ->
                    new RestartableSequence(area.address(), area.sizeBytes(), area.signature()));
    resumption = registers.copy();
    abortRestartableSequence(memory);
    restartSystemCall(status.sigPending() & ~signalMask);
  }

  /**
   * Continue at the abort handler where the thread was stopped inside a restartable sequence, as
   * the kernel would have made it when it preempts the thread.
   */
  private void abortRestartableSequence(ProcessMemory memory) {
    if (restartableSequence.isEmpty()) {
      return;
    }
    // struct rseq: u32 cpu_id_start, cpu_id; u64 rseq_cs.
    long descriptor = longAt(memory, restartableSequence.get().address() + 8);
    if (descriptor != 0) {
      // struct rseq_cs: u32 version, flags; u64 start_ip, post_commit_offset, abort_ip.
      long start = longAt(memory, descriptor + 8);
      long length = longAt(memory, descriptor + 16);
      long offset = resumption.instructionPointer() - start;
      if (Long.compareUnsigned(offset, length) < 0) {
        resumption.setInstructionPointer(longAt(memory, descriptor + 24));
      }
    }
  }

  private static long longAt(ProcessMemory memory, long address) {
    return ByteBuffer.wrap(memory.readBytes(address, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /**
   * Have the thread issue an interrupted system call again.
   *
   * <p>For -512 to -514 the destination's kernel restarts the call by itself when it finds these
   * registers, with all its rules about handlers. For -516 what is left of the time out lies in the
   * source's kernel and does not travel; the call starts anew, which can make it last longer by the
   * time it has already waited, never shorter.
   *
   * @param deliverable pending signals that the thread does not block, one bit each: cause enough
   *     for a call to be interrupted, while one that it waits for in the call is blocked
   */
  private void restartSystemCall(long deliverable) {
    if (registers.systemCall() < 0) {
      return;
    }
    long result = registers.result();
    boolean withoutCause =
        result == -Errno.EINTR
            && deliverable == 0
            && INTERRUPTED_WITHOUT_CAUSE.contains(registers.systemCall());
    if (result == ERESTART_RESTARTBLOCK || withoutCause) {
      resumption.repeatSystemCall();
    }
  }

  /** Returns whether the thread waits in a system call that will be restarted. */
  boolean isInSystemCall() {
    return registers.systemCall() >= 0 && registers.result() <= ERESTARTSYS;
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

  /** Put back what remote calls have changed. */
  void restore() {
    thread.setRegisters(registers);
    thread.setSignalMask(signalMask);
  }

  ThreadState state(ProcessStatus status, RemoteStateReader.OfThread remote) {
    return new ThreadState(
        innermost(status.nsPids()),
        status.name(),
        resumption.toBytes(),
        extendedState,
        signalMask,
        pendingSignals,
        remote.alternateStack(),
        remote.robustListHead(),
        remote.robustListLength(),
        restartableSequence,
        remote.clearChildTid(),
        remote.scheduling(),
        remote.controls(),
        credentials(status, remote.secureBits()));
  }

  /** A thread id as the target itself sees it. */
  static int innermost(List<Integer> ids) {
    return ids.get(ids.size() - 1);
  }

  private static Credentials credentials(ProcessStatus status, int secureBits) {
    return new Credentials(
        status.uids(),
        status.gids(),
        status.groups(),
        status.capInh(),
        status.capPrm(),
        status.capEff(),
        status.capBnd(),
        status.capAmb(),
        secureBits,
        status.noNewPrivs());
  }
}
