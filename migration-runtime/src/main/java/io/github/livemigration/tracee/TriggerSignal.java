package io.github.livemigration.tracee;

import io.github.livemigration.linux.Ptrace;
import io.github.livemigration.linux.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The signal that is kept from a supervised process, as it starts the migration.
 *
 * @param number of the signal, 0 for none
 * @param pid of the process
 */
public record TriggerSignal(int number, int pid) {
  /** No signal is kept from the process. */
  public static final TriggerSignal NONE = new TriggerSignal(0, 0);

  private static final int SI_CODE_OFFSET = 8;
  private static final int SI_PID_OFFSET = 16;

  /**
   * Returns whether a signal that a thread is stopped for is to be kept from it.
   *
   * <p>A runtime may use the signal between its own threads, as HotSpot does with SIGUSR2 to
   * suspend one. Such a signal is none of ours.
   */
  boolean isKept(int tid, int signal) {
    return signal == number && !isFromProcessItself(tid);
  }

  private boolean isFromProcessItself(int tid) {
    byte[] info;
    try {
      info = Ptrace.signalInfo(tid);
    } catch (SystemCallException e) {
      return true; // Killed while it was stopped; what follows finds out.
    }
    // A code of 0 or less: sent by a process, whose id is in si_pid.
    ByteBuffer fields = ByteBuffer.wrap(info).order(ByteOrder.LITTLE_ENDIAN);
    return fields.getInt(SI_CODE_OFFSET) <= 0 && fields.getInt(SI_PID_OFFSET) == pid;
  }
}
