package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AlternateStack;
import io.github.livemigration.image.IntervalTimers;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.MemoryPolicy;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessControls;
import io.github.livemigration.image.ProtectionKeys;
import io.github.livemigration.image.ResourceLimits;
import io.github.livemigration.image.Scheduling;
import io.github.livemigration.image.SignalState;
import io.github.livemigration.image.ThreadControls;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what the kernel tells a thread only about itself, by one table of remote calls for each
 * thread.
 */
final class RemoteStateReader {
  private static final int PR_GET_PDEATHSIG = 2;
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_GET_TSC = 25;
  private static final int PR_GET_SECUREBITS = 27;
  private static final int PR_GET_TIMERSLACK = 30;
  private static final int PR_MCE_KILL_GET = 34;
  private static final int PR_GET_CHILD_SUBREAPER = 37;
  private static final int PR_GET_TID_ADDRESS = 40;
  private static final int PR_GET_THP_DISABLE = 42;
  private static final int PR_GET_MDWE = 66;
  private static final int PR_GET_MEMORY_MERGE = 68;
  private static final int PR_GET_SPECULATION_CTRL = 52;
  private static final int PR_GET_IO_FLUSHER = 58;
  private static final int MEMBARRIER_GET_REGISTRATIONS = 1 << 9;
  private static final int ARCH_GET_XCOMP_PERM = 0x1022;
  private static final long TILES = 1L << 17 | 1L << 18;
  private static final int LDT_ENTRY_BYTES = 8;
  private static final int ARCH_GET_CPUID = 0x1011;
  private static final int IOPRIO_WHO_PROCESS = 1;
  private static final int PRIO_PROCESS = 0;

  /** The system call returns 20 minus the nice value, so that no result is negative. */
  private static final int NICE_BIAS = 20;

  private static final long PERSONALITY_QUERY = 0xffff_ffffL;
  private static final int MADV_DONTNEED = 4;
  private static final int PAGE_BYTES = AddressRange.PAGE_BYTES;
  private static final int SIGNAL_SET_BYTES = 8;

  /** Of the kernel's half, where a process never has any memory. */
  private static final long NO_MEMORY = -2L * PAGE_BYTES;

  private RemoteStateReader() {}

  /** What one thread says about itself. */
  static final class OfThread {
    private final RemoteBatch batch;
    private final long stack;
    private final long robustList;
    private final long tidAddress;
    private final long schedule;
    private final long affinity;
    private final RemoteCall nice;
    private final RemoteCall affinityCall;
    private final RemoteCall timerSlack;
    private final long deathSignal;
    private final long timestampCounter;
    private final RemoteCall personality;
    private final RemoteCall secureBits;
    private final RemoteCall ioPriority;
    private final RemoteCall machineCheckPolicy;
    private final RemoteCall cpuid;
    private final List<RemoteCall> speculation = new ArrayList<>();
    private final RemoteCall ioFlusher;
    private final long policy;
    private final long nodes;

    OfThread(RemoteBatch batch) {
      this.batch = batch;
      stack = batch.room(24);
      robustList = batch.room(16);
      tidAddress = batch.room(8);
      schedule = batch.room(Scheduling.ATTRIBUTES_BYTES);
      affinity = batch.room(Scheduling.AFFINITY_BYTES);
      batch.call("sigaltstack", X8664.SIGALTSTACK, 0, stack);
      batch.call("get_robust_list", X8664.GET_ROBUST_LIST, 0, robustList, robustList + 8);
      batch.call("prctl(PR_GET_TID_ADDRESS)", X8664.PRCTL, PR_GET_TID_ADDRESS, tidAddress);
      batch.call("sched_getattr", X8664.SCHED_GETATTR, 0, schedule, Scheduling.ATTRIBUTES_BYTES, 0);
      nice = batch.call("getpriority", X8664.GETPRIORITY, PRIO_PROCESS, 0);
      affinityCall =
          batch.call(
              "sched_getaffinity", X8664.SCHED_GETAFFINITY, 0, Scheduling.AFFINITY_BYTES, affinity);
      timerSlack = batch.call("prctl(PR_GET_TIMERSLACK)", X8664.PRCTL, PR_GET_TIMERSLACK);
      deathSignal = batch.room(4);
      timestampCounter = batch.room(4);
      batch.call("prctl(PR_GET_PDEATHSIG)", X8664.PRCTL, PR_GET_PDEATHSIG, deathSignal);
      batch.call("prctl(PR_GET_TSC)", X8664.PRCTL, PR_GET_TSC, timestampCounter);
      personality = batch.call("personality", X8664.PERSONALITY, PERSONALITY_QUERY);
      secureBits = batch.call("prctl(PR_GET_SECUREBITS)", X8664.PRCTL, PR_GET_SECUREBITS);
      ioPriority = batch.call("ioprio_get", X8664.IOPRIO_GET, IOPRIO_WHO_PROCESS, 0);
      machineCheckPolicy = batch.call("prctl(PR_MCE_KILL_GET)", X8664.PRCTL, PR_MCE_KILL_GET);
      cpuid = batch.call("arch_prctl(ARCH_GET_CPUID)", X8664.ARCH_PRCTL, ARCH_GET_CPUID);
      for (int kind = 0; kind < ThreadControls.MISFEATURES; kind++) {
        // ENODEV from a kernel that does not know it.
        speculation.add(
            batch.tryCall(
                "prctl(PR_GET_SPECULATION_CTRL)",
                X8664.PRCTL,
                PR_GET_SPECULATION_CTRL,
                kind,
                0,
                0,
                0));
      }
      // EPERM where the thread could not have set it.
      ioFlusher =
          batch.tryCall("prctl(PR_GET_IO_FLUSHER)", X8664.PRCTL, PR_GET_IO_FLUSHER, 0, 0, 0, 0);
      policy = batch.room(4);
      nodes = batch.room(MemoryPolicy.NODES_BYTES);
      // ENOSYS from a kernel without NUMA; the memory is zeros then, the default.
      batch.tryCall(
          "get_mempolicy",
          X8664.GET_MEMPOLICY,
          policy,
          nodes,
          MemoryPolicy.NODES_BYTES * Byte.SIZE,
          0,
          0);
    }

    private ByteBuffer read(long address, int length) {
      return ByteBuffer.wrap(batch.read(address, length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    AlternateStack alternateStack() {
      ByteBuffer bytes = read(stack, 24);
      return new AlternateStack(bytes.getLong(0), bytes.getInt(8), bytes.getLong(16));
    }

    long robustListHead() {
      return read(robustList, 16).getLong(0);
    }

    long robustListLength() {
      return read(robustList, 16).getLong(8);
    }

    long clearChildTid() {
      return read(tidAddress, 8).getLong(0);
    }

    int secureBits() {
      return (int) secureBits.result();
    }

    ThreadControls controls() {
      return new ThreadControls(
          personality.result(),
          read(deathSignal, 4).getInt(),
          (int) ioPriority.result(),
          read(timestampCounter, 4).getInt(),
          (int) machineCheckPolicy.result(),
          speculation.stream().map(call -> call.failed() ? 0 : (int) call.result()).toList(),
          new MemoryPolicy(read(policy, 4).getInt(), batch.read(nodes, MemoryPolicy.NODES_BYTES)),
          cpuid.result() != 0);
    }

    List<Obstacle> obstacles(int tid) {
      return ioFlusher.result() == 1
          ? List.of(ThreadKind.IO_FLUSHER.at("thread " + tid))
          : List.of();
    }

    Scheduling scheduling() {
      byte[] mask = batch.read(affinity, Scheduling.AFFINITY_BYTES);
      return new Scheduling(
          batch.read(schedule, Scheduling.ATTRIBUTES_BYTES),
          NICE_BIAS - (int) nice.result(),
          Arrays.copyOf(mask, (int) affinityCall.result()),
          timerSlack.result());
    }
  }

  /** What the leader says about the process. */
  static final class OfProcess {
    private final RemoteBatch batch;
    private final long actions;
    private final long timers;
    private final long limits;
    private final long subreaper;
    private final long residence;
    private final RemoteCall discard;
    private final RemoteCall programBreak;
    private final RemoteCall dumpable;
    private final RemoteCall hugePages;
    private final RemoteCall denyWriteExecute;
    private final RemoteCall memoryMerge;
    private final RemoteCall memoryBarriers;
    private final List<RemoteCall> protectionKeys = new ArrayList<>();
    private final long features;
    private final RemoteCall descriptorTable;

    /**
     * Add the calls.
     *
     * @param untouchedPage a page that was mapped a moment ago and not used
     */
    OfProcess(RemoteBatch batch, long untouchedPage) {
      this.batch = batch;
      residence = batch.room(1);
      batch.call("mincore", X8664.MINCORE, untouchedPage, PAGE_BYTES, residence);
      discard =
          batch.tryCall(
              "madvise(MADV_DONTNEED)", X8664.MADVISE, untouchedPage, PAGE_BYTES, MADV_DONTNEED);
      actions = batch.room(SignalState.SIGNALS * SignalState.ACTION_BYTES);
      for (int signal = 1; signal <= SignalState.SIGNALS; signal++) {
        long action = actions + (long) (signal - 1) * SignalState.ACTION_BYTES;
        batch.call(
            CallName.of("rt_sigaction(%s)", signal),
            X8664.RT_SIGACTION,
            signal,
            0,
            action,
            SIGNAL_SET_BYTES);
      }
      timers = batch.room(IntervalTimers.COUNT * IntervalTimers.VALUE_BYTES);
      for (int timer = 0; timer < IntervalTimers.COUNT; timer++) {
        long value = timers + (long) timer * IntervalTimers.VALUE_BYTES;
        batch.call(CallName.of("getitimer(%s)", timer), X8664.GETITIMER, timer, value);
      }
      limits = batch.room(ResourceLimits.COUNT * 16);
      for (int limit = 0; limit < ResourceLimits.COUNT; limit++) {
        batch.call(
            CallName.of("prlimit64(%s)", limit),
            X8664.PRLIMIT64,
            0,
            limit,
            0,
            limits + (long) limit * 16);
      }
      subreaper = batch.room(8);
      programBreak = batch.call("brk(0)", X8664.BRK, 0);
      dumpable = batch.call("prctl(PR_GET_DUMPABLE)", X8664.PRCTL, PR_GET_DUMPABLE);
      hugePages = batch.call("prctl(PR_GET_THP_DISABLE)", X8664.PRCTL, PR_GET_THP_DISABLE);
      denyWriteExecute = batch.call("prctl(PR_GET_MDWE)", X8664.PRCTL, PR_GET_MDWE);
      // EINVAL from a kernel without it.
      memoryMerge = batch.tryCall("prctl(PR_GET_MEMORY_MERGE)", X8664.PRCTL, PR_GET_MEMORY_MERGE);
      // EINVAL before Linux 6.3.
      memoryBarriers =
          batch.tryCall(
              "membarrier(GET_REGISTRATIONS)",
              X8664.MEMBARRIER,
              MEMBARRIER_GET_REGISTRATIONS,
              0,
              0);
      // EINVAL for a key that the program has not allocated, before the kernel looks for memory.
      for (int key = 1; key < ProtectionKeys.COUNT; key++) {
        protectionKeys.add(
            batch.tryCall(
                CallName.of("pkey_mprotect(%s)", key),
                X8664.PKEY_MPROTECT,
                NO_MEMORY,
                PAGE_BYTES,
                0,
                key));
      }
      features = batch.room(8);
      batch.tryCall(
          "arch_prctl(ARCH_GET_XCOMP_PERM)", X8664.ARCH_PRCTL, ARCH_GET_XCOMP_PERM, features);
      descriptorTable =
          batch.tryCall(
              "modify_ldt", X8664.MODIFY_LDT, 0, batch.room(LDT_ENTRY_BYTES), LDT_ENTRY_BYTES);
      batch.call("prctl(PR_GET_CHILD_SUBREAPER)", X8664.PRCTL, PR_GET_CHILD_SUBREAPER, subreaper);
    }

    SignalState signals(List<byte[]> pending) {
      return new SignalState(
          batch.read(actions, SignalState.SIGNALS * SignalState.ACTION_BYTES), pending);
    }

    /**
     * A periodic timer of real time that has expired rests until its signal is taken, and no time
     * is left meanwhile. Set like that it would be disarmed, so it gets a whole interval.
     */
    IntervalTimers timers() {
      byte[] values = batch.read(timers, IntervalTimers.COUNT * IntervalTimers.VALUE_BYTES);
      int valueBytes = IntervalTimers.VALUE_BYTES / 2;
      boolean nothingLeft =
          Arrays.equals(values, valueBytes, 2 * valueBytes, new byte[valueBytes], 0, valueBytes);
      if (nothingLeft) {
        System.arraycopy(values, 0, values, valueBytes, valueBytes);
      }
      return new IntervalTimers(values);
    }

    ResourceLimits limits() {
      ByteBuffer bytes =
          ByteBuffer.wrap(batch.read(limits, ResourceLimits.COUNT * 16))
              .order(ByteOrder.LITTLE_ENDIAN);
      List<Long> soft = new ArrayList<>();
      List<Long> hard = new ArrayList<>();
      for (int limit = 0; limit < ResourceLimits.COUNT; limit++) {
        soft.add(bytes.getLong());
        hard.add(bytes.getLong());
      }
      return new ResourceLimits(soft, hard);
    }

    ProcessControls controls(int oomScoreAdjustment, int coredumpFilter) {
      return new ProcessControls(
          (int) dumpable.result(),
          batch.read(subreaper, 4)[0] != 0,
          (int) hugePages.result(),
          (int) denyWriteExecute.result(),
          memoryMerge.result() == 1,
          memoryBarriers.failed() ? 0 : (int) memoryBarriers.result(),
          oomScoreAdjustment,
          coredumpFilter);
    }

    /** Returns the keys that the program has allocated, one bit each. */
    int protectionKeys() {
      int keys = 0;
      for (int i = 0; i < protectionKeys.size(); i++) {
        RemoteCall call = protectionKeys.get(i);
        keys |= call.failed() && call.errno() == Errno.ENOMEM ? 2 << i : 0;
      }
      return keys;
    }

    List<Obstacle> obstacles(int pid) {
      List<Obstacle> obstacles = new ArrayList<>();
      long permitted =
          ByteBuffer.wrap(batch.read(features, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if ((permitted & TILES) != 0) {
        obstacles.add(ThreadKind.TILES.at("process " + pid));
      }
      if (descriptorTable.result() > 0) {
        obstacles.add(ThreadKind.SEGMENTS.at("process " + pid));
      }
      return obstacles;
    }

    int dumpable() {
      return (int) dumpable.result();
    }

    /**
     * Returns whether the process locks all new mappings, which nothing tells directly: pages of
     * the mapping that was made for this table cannot be discarded then, and were brought in at
     * once unless it locks on fault.
     */
    MemoryLock futureLock() {
      if (!discard.failed()) {
        return MemoryLock.NONE;
      }
      return batch.read(residence, 1)[0] != 0 ? MemoryLock.LOCKED : MemoryLock.LOCKED_ON_FAULT;
    }

    long programBreak() {
      return programBreak.result();
    }
  }
}
