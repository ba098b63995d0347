package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.PosixTimer;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.PosixTimerEntry;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Reads the timers of {@code timer_create(2)}: what they are from /proc, how long they still run by
 * remote calls.
 *
 * <p>The kernel tells the time that is left. With the clock read right behind it, it becomes the
 * deadline, which the time that the move takes does not shift.
 */
final class PosixTimerReader {
  private static final int TIMESPEC_BYTES = 16;
  private static final int SETTING_BYTES = 2 * TIMESPEC_BYTES;
  private static final long NANOS = 1_000_000_000L;

  private final List<PosixTimerEntry> entries;
  private final RemoteBatch batch;
  private final long results;

  /** Bytes of a remote area that the calls for one timer take, with something to spare. */
  static final int AREA_BYTES = 512;

  /**
   * Add the calls to a table that the process is about to run.
   *
   * @param entries without those that stand in the way
   */
  PosixTimerReader(List<PosixTimerEntry> entries, RemoteBatch batch) {
    this.entries = entries;
    this.batch = batch;
    results = entries.isEmpty() ? 0 : batch.room(entries.size() * (SETTING_BYTES + TIMESPEC_BYTES));
    for (int i = 0; i < entries.size(); i++) {
      PosixTimerEntry entry = entries.get(i);
      long setting = results + (long) i * (SETTING_BYTES + TIMESPEC_BYTES);
      batch.call(
          CallName.of("timer_gettime(%s)", entry.id()), X8664.TIMER_GETTIME, entry.id(), setting);
      batch.call(
          CallName.of("clock_gettime(%s)", entry.clock()),
          X8664.CLOCK_GETTIME,
          entry.clock(),
          setting + SETTING_BYTES);
    }
  }

  /** Returns what /proc tells about the timers of a process. */
  static List<PosixTimerEntry> entries(int pid) {
    return PosixTimerEntry.parse(ProcFs.readText(pid, "timers"));
  }

  /**
   * Returns what of them stands in the way, but for {@link ThreadTimeReader}.
   *
   * @param process the process, in words
   * @param isOwn whether an id, as the target knows it, is that of one of its threads
   */
  static List<Obstacle> obstacles(
      List<PosixTimerEntry> entries, String process, IntPredicate isOwn) {
    return entries.stream()
        .filter(PosixTimerEntry::countsProcessorTime)
        .filter(entry -> entry.ofDevice() || !isClockOf(entry, isOwn))
        .map(
            entry ->
                ThreadKind.PROCESSOR_TIME_TIMERS.at(
                    process,
                    "timer %d (timer_create) counts the time of %s"
                        .formatted(entry.id(), ownerInWords(entry))))
        .toList();
  }

  private static boolean isClockOf(PosixTimerEntry entry, IntPredicate isOwn) {
    return entry.clockOwner() == 0 || isOwn.test(entry.clockOwner());
  }

  private static String ownerInWords(PosixTimerEntry entry) {
    if (entry.ofDevice()) {
      return "a device";
    }
    return "%d, which is none of its threads".formatted(entry.clockOwner());
  }

  /**
   * Returns the timers, after the table has run.
   *
   * @param ownTid turns the id of a thread on this host into the one that the target knows
   */
  List<PosixTimer> timers(IntUnaryOperator ownTid, ThreadTimeReader times, PendingTimers pending) {
    List<PosixTimer> timers = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      PosixTimerEntry entry = entries.get(i);
      ByteBuffer bytes =
          ByteBuffer.wrap(
                  batch.read(
                      results + (long) i * (SETTING_BYTES + TIMESPEC_BYTES),
                      SETTING_BYTES + TIMESPEC_BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      long interval = nanos(bytes);
      long shown = nanos(bytes);
      long left = times.isStarted(entry) ? 0 : shown;
      long now = nanos(bytes);
      timers.add(
          new PosixTimer(
              entry.id(),
              times.clock(entry),
              notification(entry),
              entry.signal(),
              entry.value(),
              entry.toThread() ? ownTid.applyAsInt(entry.task()) : 0,
              pending.deadline(
                  entry, left == 0 || entry.countsProcessorTime() ? left : now + left, interval),
              interval));
    }
    return timers;
  }

  private static int notification(PosixTimerEntry entry) {
    if (entry.kind().equals("none")) {
      return PosixTimer.SIGEV_NONE;
    }
    return entry.toThread() ? PosixTimer.SIGEV_THREAD_ID : PosixTimer.SIGEV_SIGNAL;
  }

  private static long nanos(ByteBuffer timespec) {
    return timespec.getLong() * NANOS + timespec.getLong();
  }
}
