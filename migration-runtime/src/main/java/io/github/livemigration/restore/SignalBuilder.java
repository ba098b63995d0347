package io.github.livemigration.restore;

import io.github.livemigration.image.SignalState;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Sets signal actions and queues pending signals again, while everything is blocked. */
final class SignalBuilder {
  private static final int SIGNAL_SET_BYTES = 8;
  private static final long SIG_IGN = 1;

  private SignalBuilder() {}

  static void build(RemoteBatch batch, SignalState state, int pid) {
    long actions = batch.bytes(state.actions());
    for (int signal = 1; signal <= SignalState.SIGNALS; signal++) {
      boolean fixed = signal == Signals.SIGKILL || signal == Signals.SIGSTOP;
      if (!fixed && !(signal == Signals.SIGTRAP && ignoresTrap(state))) {
        batch.call(
            CallName.of("rt_sigaction(%s)", signal),
            X8664.RT_SIGACTION,
            signal,
            actions + (long) (signal - 1) * SignalState.ACTION_BYTES,
            0,
            SIGNAL_SET_BYTES);
      }
    }
    for (byte[] signal : state.pendingSignals()) {
      int number = numberOf(signal);
      batch.call(
          CallName.of("rt_sigqueueinfo(%s)", number),
          X8664.RT_SIGQUEUEINFO,
          pid,
          number,
          batch.bytes(signal));
    }
  }

  private static boolean ignoresTrap(SignalState state) {
    // struct sigaction begins with the handler.
    return ByteBuffer.wrap(actionOfTrap(state)).order(ByteOrder.LITTLE_ENDIAN).getLong() == SIG_IGN;
  }

  private static byte[] actionOfTrap(SignalState state) {
    int from = (Signals.SIGTRAP - 1) * SignalState.ACTION_BYTES;
    return Arrays.copyOfRange(state.actions(), from, from + SignalState.ACTION_BYTES);
  }

  /**
   * Give the area back, when no more traps are needed: where SIGTRAP is ignored, a trap would take
   * that back.
   */
  static void finish(RemoteArea area, ProcessMemory memory, long instruction, SignalState state) {
    if (!ignoresTrap(state)) {
      area.unmap(instruction);
      return;
    }
    long action = area.untouchedPage();
    memory.writeBytes(action, actionOfTrap(state));
    area.unmapAfter(
        instruction,
        CallName.of("rt_sigaction(%s)", Signals.SIGTRAP),
        X8664.RT_SIGACTION,
        Signals.SIGTRAP,
        action,
        0,
        SIGNAL_SET_BYTES);
  }

  /**
   * A process may queue any {@code siginfo_t} for itself, also those that only the kernel makes.
   */
  static void queueForThread(RemoteBatch batch, int pid, int tid, List<byte[]> signals) {
    for (byte[] signal : signals) {
      int number = numberOf(signal);
      batch.call(
          CallName.of("rt_tgsigqueueinfo(%s)", number),
          X8664.RT_TGSIGQUEUEINFO,
          pid,
          tid,
          number,
          batch.bytes(signal));
    }
  }

  private static int numberOf(byte[] signal) {
    return ByteBuffer.wrap(signal).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }
}
