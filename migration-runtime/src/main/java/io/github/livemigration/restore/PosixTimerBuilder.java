package io.github.livemigration.restore;

import io.github.livemigration.image.PosixTimer;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes the timers of {@code timer_create(2)} again, with the ids that they had.
 *
 * <p>{@code PR_TIMER_CREATE_RESTORE_IDS} (Linux 6.15) makes the kernel take the id from where it
 * otherwise only writes it. Deadlines are set as such, so they do not shift.
 */
final class PosixTimerBuilder {
  /** Bytes of a remote area that the calls for one timer take, with something to spare. */
  static final int AREA_BYTES = 1024;

  private static final int PR_TIMER_CREATE_RESTORE_IDS = 77;
  private static final int TIMER_ABSTIME = 1;
  private static final long NANOS = 1_000_000_000L;

  private PosixTimerBuilder() {}

  static void build(RemoteBatch batch, List<PosixTimer> timers) {
    if (timers.isEmpty()) {
      return;
    }
    restoreIds(batch, 1);
    for (PosixTimer timer : timers) {
      batch.call(
          CallName.of("timer_create(%s)", timer.id()),
          X8664.TIMER_CREATE,
          timer.clock(),
          batch.bytes(event(timer)),
          batch.longs(timer.id()));
      if (timer.deadlineNanos() != 0 || timer.intervalNanos() != 0) {
        batch.call(
            CallName.of("timer_settime(%s)", timer.id()),
            X8664.TIMER_SETTIME,
            timer.id(),
            timer.countsProcessorTime() ? 0 : TIMER_ABSTIME,
            batch.bytes(setting(timer)),
            0);
      }
    }
    restoreIds(batch, 0);
  }

  private static void restoreIds(RemoteBatch batch, int on) {
    batch.call(
        "prctl(PR_TIMER_CREATE_RESTORE_IDS)",
        X8664.PRCTL,
        PR_TIMER_CREATE_RESTORE_IDS,
        on,
        0,
        0,
        0);
  }

  /** {@code struct sigevent}: value, signal, kind of notification, thread. */
  private static byte[] event(PosixTimer timer) {
    ByteBuffer event = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    event
        .putLong(timer.value())
        .putInt(timer.signal())
        .putInt(timer.notification())
        .putInt(timer.tid());
    return event.array();
  }

  private static byte[] setting(PosixTimer timer) {
    ByteBuffer setting = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    setting.putLong(timer.intervalNanos() / NANOS).putLong(timer.intervalNanos() % NANOS);
    setting.putLong(timer.deadlineNanos() / NANOS).putLong(timer.deadlineNanos() % NANOS);
    return setting.array();
  }
}
