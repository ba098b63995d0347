package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.PosixTimerEntry;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.LentMemory;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds out whose processor time timers of {@code CLOCK_THREAD_CPUTIME_ID} count, as the kernel
 * tells that nowhere: once before and once after all threads have run a table of calls. Each has
 * used some time of its own, and by as much as a timer has less left it counts that thread's.
 */
final class ThreadTimeReader {
  private static final int TIMESPEC_BYTES = 16;
  private static final int SETTING_BYTES = 2 * TIMESPEC_BYTES;

  /** What a call of a table takes with its results, with something to spare. */
  private static final int BYTES_PER_CALL = 128;

  private static final int CLOCK_OF_THREAD = 6;
  private static final long NANOS = 1_000_000_000L;

  /** Nobody uses so much processor time: 30 years of it. */
  private static final long LONG_SECONDS = 1_000_000_000L;

  private final List<Integer> threadIds;
  private final List<PosixTimerEntry> timers;
  private final List<Sample> samples = new ArrayList<>();
  private final Map<Integer, Integer> owners = new HashMap<>();
  private final Predicate<PosixTimerEntry> isPending;

  /** Timers that did not run until the first sample, with their intervals. */
  private final Map<Integer, byte[]> started = new LinkedHashMap<>();

  /**
   * The threads' processor time before and after the time that timers have left, in nanoseconds:
   * that of the thread that asks goes on, and a thread may have a last way to go when it has
   * stopped.
   */
  private record Sample(long[] before, long[] left, long[] after) {}

  /**
   * Prepare.
   *
   * @param threadIds as the target knows them, the one first that runs the calls
   * @param entries all timers of the process
   * @param isPending whether a timer's signal is pending; to set the timer would take that back
   */
  ThreadTimeReader(
      List<Integer> threadIds,
      List<PosixTimerEntry> entries,
      Predicate<PosixTimerEntry> isPending) {
    this.threadIds = threadIds;
    this.isPending = isPending;
    timers = entries.stream().filter(PosixTimerEntry::isOfItsMaker).toList();
  }

  /** Returns the bytes of a remote area that it takes. */
  long areaBytes() {
    return timers.isEmpty()
        ? 0
        : 4L * BYTES_PER_CALL * (2L * threadIds.size() + 2L * timers.size());
  }

  /**
   * Have the first thread take one of two samples, while no other runs. Timers that do not run are
   * set for the time between the two, as those that run tell whose time they count.
   */
  void sample(LentMemory lent, RemoteArea area) {
    if (timers.isEmpty()) {
      return;
    }
    if (samples.isEmpty()) {
      start(lent, area);
    }
    RemoteBatch batch = area.anotherBatch();
    long before = times(batch);
    long left = settings(batch);
    long after = times(batch);
    run(lent, batch);
    samples.add(
        new Sample(
            nanos(batch, before, threadIds.size(), TIMESPEC_BYTES, 0),
            nanos(batch, left, timers.size(), SETTING_BYTES, TIMESPEC_BYTES),
            nanos(batch, after, threadIds.size(), TIMESPEC_BYTES, 0)));
    if (samples.size() == 2) {
      compare(samples.get(0), samples.get(1));
    }
  }

  private void start(LentMemory lent, RemoteArea area) {
    RemoteBatch look = area.anotherBatch();
    long settings = settings(look);
    run(lent, look);
    RemoteBatch batch = area.anotherBatch();
    for (int i = 0; i < timers.size(); i++) {
      byte[] setting = look.read(settings + (long) i * SETTING_BYTES, SETTING_BYTES);
      ByteBuffer left = ByteBuffer.wrap(setting).order(ByteOrder.LITTLE_ENDIAN);
      boolean runs = left.getLong(16) != 0 || left.getLong(24) != 0;
      if (!runs && !isPending.test(timers.get(i))) {
        started.put(timers.get(i).id(), setting.clone());
        left.putLong(16, LONG_SECONDS);
        set(batch, timers.get(i).id(), setting);
      }
    }
    run(lent, batch);
  }

  /** Whether a timer runs between the two samples only. */
  boolean isStarted(PosixTimerEntry timer) {
    return started.containsKey(timer.id());
  }

  /** Set what was started to what it was. */
  void stop(LentMemory lent, RemoteArea area) {
    if (started.isEmpty()) {
      return;
    }
    RemoteBatch batch = area.anotherBatch();
    started.forEach((id, setting) -> set(batch, id, setting));
    run(lent, batch);
  }

  /** A timer of a thread that has ended cannot be set. */
  private static void set(RemoteBatch batch, int id, byte[] setting) {
    batch.tryCall(
        CallName.of("timer_settime(%s)", id), X8664.TIMER_SETTIME, id, 0, batch.bytes(setting), 0);
  }

  private static void run(LentMemory lent, RemoteBatch batch) {
    if (batch.size() > 0) {
      lent.start(batch, 0);
      lent.await(0);
      batch.collect();
    }
  }

  private long settings(RemoteBatch batch) {
    long settings = batch.room(SETTING_BYTES * timers.size());
    for (int i = 0; i < timers.size(); i++) {
      int id = timers.get(i).id();
      batch.call(
          CallName.of("timer_gettime(%s)", id),
          X8664.TIMER_GETTIME,
          id,
          settings + (long) i * SETTING_BYTES);
    }
    return settings;
  }

  private long times(RemoteBatch batch) {
    long results = batch.room(TIMESPEC_BYTES * threadIds.size());
    for (int i = 0; i < threadIds.size(); i++) {
      int clock = clockOf(threadIds.get(i));
      batch.call(
          CallName.of("clock_gettime(%s)", clock),
          X8664.CLOCK_GETTIME,
          clock,
          results + (long) i * TIMESPEC_BYTES);
    }
    return results;
  }

  /** The clock that names a thread, see clock_getcpuclockid(3). */
  private static int clockOf(int threadId) {
    return ~threadId << 3 | CLOCK_OF_THREAD;
  }

  private static long[] nanos(RemoteBatch batch, long address, int count, int step, int offset) {
    ByteBuffer bytes =
        ByteBuffer.wrap(batch.read(address, count * step)).order(ByteOrder.LITTLE_ENDIAN);
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      int place = i * step + offset;
      nanos[i] = bytes.getLong(place) * NANOS + bytes.getLong(place + 8);
    }
    return nanos;
  }

  private void compare(Sample first, Sample second) {
    for (int i = 0; i < timers.size(); i++) {
      int owner = owner(first, second, first.left()[i] - second.left()[i]);
      if (owner >= 0) {
        owners.put(timers.get(i).id(), threadIds.get(owner));
      }
    }
  }

  /** Of several threads that may have used just so much, it is the one known most exactly. */
  private int owner(Sample first, Sample second, long used) {
    int owner = -1;
    long narrowest = Long.MAX_VALUE;
    for (int k = 0; k < threadIds.size(); k++) {
      long least = second.before()[k] - first.after()[k];
      long most = second.after()[k] - first.before()[k];
      if (used > 0 && used >= least && used <= most && most - least <= narrowest) {
        owner = most - least == narrowest ? -1 : k;
        narrowest = most - least;
      }
    }
    return owner;
  }

  /** Returns the clock of a timer, after both samples; one of its maker's time names the thread. */
  int clock(PosixTimerEntry entry) {
    Integer owner = owners.get(entry.id());
    return owner == null ? entry.clock() : clockOf(owner);
  }

  /** Returns the timers of which it could not be found out. */
  List<Obstacle> obstacles(int pid) {
    return timers.stream()
        .filter(timer -> !owners.containsKey(timer.id()))
        .map(
            timer ->
                ThreadKind.PROCESSOR_TIME_TIMERS.at(
                    "process " + pid,
                    "timer %d (timer_create) counts the time of the thread that made it, and nothing"
                            .formatted(timer.id())
                        + " tells which that is: it has ended, or the timer's signal is pending"))
        .toList();
  }
}
