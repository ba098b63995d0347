package io.github.livemigration.restore;

import io.github.livemigration.image.AlternateStack;
import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.RestartableSequence;
import io.github.livemigration.image.Scheduling;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Adds a thread's own share to its table of remote calls. */
final class ThreadBuilder {
  private static final int PR_SET_NAME = 15;
  private static final int PR_SET_TIMERSLACK = 29;

  /** Flags of sigaltstack(2) that can be set; SS_ONSTACK is only ever reported. */
  private static final int SETTABLE_STACK_FLAGS = 2 | 1 << 31;

  private ThreadBuilder() {}

  static void build(RemoteBatch batch, int pid, ThreadState thread, Credentials current) {
    batch.call(
        "prctl(PR_SET_NAME, " + thread.name() + ")",
        X8664.PRCTL,
        PR_SET_NAME,
        batch.string(thread.name()));
    batch.call("set_tid_address", X8664.SET_TID_ADDRESS, thread.clearChildTid());
    if (thread.robustListHead() != 0) {
      batch.call(
          "set_robust_list",
          X8664.SET_ROBUST_LIST,
          thread.robustListHead(),
          thread.robustListLength());
    }
    batch.call("sigaltstack", X8664.SIGALTSTACK, batch.bytes(stack(thread.alternateStack())), 0);
    thread.restartableSequence().ifPresent(area -> register(batch, area));
    schedule(batch, thread.scheduling());
    SignalBuilder.queueForThread(batch, pid, thread.tid(), thread.pendingSignals());
    CredentialBuilder.build(batch, thread.credentials(), current);
  }

  private static byte[] stack(AlternateStack stack) {
    return ByteBuffer.allocate(24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0, stack.address())
        .putInt(8, stack.flags() & SETTABLE_STACK_FLAGS)
        .putLong(16, stack.lengthBytes())
        .array();
  }

  /**
   * Give a thread the target's policy, for which it must be finished: with the usual priority it
   * would wait for the threads that fetch pages meanwhile.
   *
   * @param tid in this process's PID namespace
   */
  static void setPolicy(int tid, Scheduling scheduling) {
    ThreadPriority.set(tid, scheduling.attributes());
  }

  /** The kernel writes to the area at once, so its page has to be there. */
  private static void register(RemoteBatch batch, RestartableSequence area) {
    batch.call("rseq", X8664.RSEQ, area.address(), area.lengthBytes(), 0, area.signature());
  }

  private static void schedule(RemoteBatch batch, Scheduling scheduling) {
    // Fails where none of the processors exists here; the thread then runs on any.
    batch.tryCall(
        "sched_setaffinity",
        X8664.SCHED_SETAFFINITY,
        0,
        scheduling.affinity().length,
        batch.bytes(scheduling.affinity()));
    batch.call(
        "prctl(PR_SET_TIMERSLACK)", X8664.PRCTL, PR_SET_TIMERSLACK, scheduling.timerSlackNanos());
  }
}
