package io.github.livemigration.restore;

import io.github.livemigration.image.AlternateStack;
import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.MemoryPolicy;
import io.github.livemigration.image.RestartableSequence;
import io.github.livemigration.image.Scheduling;
import io.github.livemigration.image.SystemCallDispatch;
import io.github.livemigration.image.ThreadControls;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.DispatchConfiguration;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.TimerSlack;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.SystemCallRules;
import io.github.livemigration.tracee.TracedThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Adds a thread's own share to its table of remote calls. */
final class ThreadBuilder {
  private static final int PR_SET_PDEATHSIG = 1;
  private static final int PR_SET_NAME = 15;

  /** With the zero at its end. */
  private static final int NAME_BYTES = 16;

  private static final int PR_SET_TIMERSLACK = 29;
  private static final int PR_SET_TSC = 26;
  private static final int PR_MCE_KILL = 33;
  private static final int PR_MCE_KILL_SET = 1;
  private static final int PR_MCE_KILL_DEFAULT = 2;
  private static final int PR_TSC_ENABLE = 1;
  private static final int PR_SET_SPECULATION_CTRL = 53;
  private static final int PR_SPEC_PRCTL = 1;

  /** What threads have unless they choose: the third kind is off until it is turned on. */
  private static final int[] USUAL_SPECULATION = {1 << 1, 1 << 1, 1 << 2};

  private static final int ARCH_SET_CPUID = 0x1012;
  private static final int IOPRIO_WHO_PROCESS = 1;
  private static final int PRIO_PROCESS = 0;

  /** Flags of sigaltstack(2) that can be set; SS_ONSTACK is only ever reported. */
  private static final int SETTABLE_STACK_FLAGS = 2 | 1 << 31;

  private ThreadBuilder() {}

  static void build(RemoteBatch batch, int pid, ThreadState thread, Credentials current) {
    batch.call(
        "prctl(PR_SET_NAME)",
        X8664.PRCTL,
        PR_SET_NAME,
        batch.bytes(
            Arrays.copyOf(thread.name().getBytes(StandardCharsets.ISO_8859_1), NAME_BYTES)));
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
    control(batch, thread.controls());
    CredentialBuilder.build(batch, thread.credentials(), current);
    if (thread.controls().parentDeathSignal() != 0) {
      // A change of identity clears it.
      batch.call(
          "prctl(PR_SET_PDEATHSIG)",
          X8664.PRCTL,
          PR_SET_PDEATHSIG,
          thread.controls().parentDeathSignal());
    }
  }

  /** Comes after all remote calls, as these would be dispatched. */
  static void dispatch(TracedThread thread, SystemCallDispatch wanted) {
    SystemCallRules.setDispatch(
        thread,
        Optional.of(
            new DispatchConfiguration(wanted.selector(), wanted.offset(), wanted.length())));
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
   * <p>A thread with a real-time policy has no timer slack and forgets what is set meanwhile.
   *
   * @param tid in this process's PID namespace
   * @param raised whether it has a real-time policy so far
   */
  static void setPolicy(int tid, Scheduling scheduling, boolean raised) {
    ThreadPriority.set(tid, scheduling.attributes());
    if (raised && scheduling.timerSlackNanos() != 0) {
      TimerSlack.set(tid, scheduling.timerSlackNanos());
    }
  }

  /** The kernel writes to the area at once, so its page has to be there. */
  private static void register(RemoteBatch batch, RestartableSequence area) {
    batch.call("rseq", X8664.RSEQ, area.address(), area.lengthBytes(), 0, area.signature());
  }

  private static void control(RemoteBatch batch, ThreadControls controls) {
    if (controls.personality() != 0) {
      batch.call("personality", X8664.PERSONALITY, controls.personality());
    }
    if (controls.ioPriority() != 0) {
      batch.call("ioprio_set", X8664.IOPRIO_SET, IOPRIO_WHO_PROCESS, 0, controls.ioPriority());
    }
    if (controls.machineCheckPolicy() != PR_MCE_KILL_DEFAULT) {
      batch.call(
          "prctl(PR_MCE_KILL)",
          X8664.PRCTL,
          PR_MCE_KILL,
          PR_MCE_KILL_SET,
          controls.machineCheckPolicy(),
          0,
          0);
    }
    if (controls.timestampCounter() != PR_TSC_ENABLE) {
      batch.call("prctl(PR_SET_TSC)", X8664.PRCTL, PR_SET_TSC, controls.timestampCounter());
    }
    for (int kind = 0; kind < ThreadControls.MISFEATURES; kind++) {
      int state = controls.speculation().get(kind);
      int wanted = state & ~PR_SPEC_PRCTL;
      if (wanted != state && wanted != USUAL_SPECULATION[kind]) {
        batch.call(
            "prctl(PR_SET_SPECULATION_CTRL)",
            X8664.PRCTL,
            PR_SET_SPECULATION_CTRL,
            kind,
            wanted,
            0,
            0);
      }
    }
    MemoryPolicy policy = controls.memoryPolicy();
    if (policy.mode() != 0) {
      // Fails where none of the nodes exists here; the thread then takes memory where it runs.
      batch.tryCall(
          "set_mempolicy",
          X8664.SET_MEMPOLICY,
          policy.mode(),
          batch.bytes(policy.nodes()),
          MemoryPolicy.NODES_BYTES * Byte.SIZE);
    }
    if (!controls.cpuidAllowed()) {
      batch.call("arch_prctl(ARCH_SET_CPUID)", X8664.ARCH_PRCTL, ARCH_SET_CPUID, 0);
    }
  }

  private static void schedule(RemoteBatch batch, Scheduling scheduling) {
    // sched_setattr(2) takes a nice value for SCHED_OTHER and SCHED_BATCH only.
    batch.call("setpriority", X8664.SETPRIORITY, PRIO_PROCESS, 0, scheduling.nice());
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
