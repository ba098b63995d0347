package io.github.livemigration.capture;

import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.Clocks;
import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.TimeOffsets;
import io.github.livemigration.linux.TimerFd;
import java.util.Optional;
import java.util.function.Function;

/** Reads the descriptors by which a program waits: eventfd, signalfd, timerfd. */
final class AnonymousInodeReader {
  private static final int REALTIME_ALARM = 8;
  private static final int BOOTTIME_ALARM = 9;
  private static final int MOST_ATTEMPTS = 20;
  private static final long MOST_NANOS_BETWEEN = 50_000;

  private final int pid;

  AnonymousInodeReader(int pid) {
    this.pid = pid;
  }

  /**
   * Returns how descriptors of a kind are read.
   *
   * @param link what the descriptor leads to, such as {@code anon_inode:[eventfd]}
   * @return empty for kinds that are not carried
   */
  Optional<Function<OpenedDescriptor, OpenFile>> reading(String link) {
    return switch (link) {
      case "anon_inode:[eventfd]" -> Optional.of(this::eventCounter);
      case "anon_inode:[signalfd]" -> Optional.of(this::signalReader);
      case "anon_inode:[timerfd]" -> Optional.of(this::timer);
      default -> Optional.empty();
    };
  }

  private OpenFile.EventCounter eventCounter(OpenedDescriptor file) {
    FdInfo info = file.info();
    return new OpenFile.EventCounter(
        info.bits("eventfd-count"), info.decimal("eventfd-semaphore") != 0, file.nonBlocking());
  }

  private OpenFile.SignalReader signalReader(OpenedDescriptor file) {
    return new OpenFile.SignalReader(file.info().bits("sigmask"), file.nonBlocking());
  }

  /**
   * The timer runs on while it is read. Setting and count belong together where the time that is
   * left did not grow between two looks at it, and the clock where it was read right before and
   * after.
   */
  private OpenFile.ExpirationTimer timer(OpenedDescriptor file) {
    int clock = (int) file.info().decimal("clockid");
    long shift = shift(clock);
    try (Pidfd process = LiveThread.open(pid);
        OwnedFd timer = process.takeFd(file.number())) {
      for (int attempt = 1; ; attempt++) {
        long leftBefore = TimerFd.read(timer).leftNanos();
        FdInfo info = FdInfo.parse(ProcFs.read(pid, "fdinfo/" + file.number()));
        long before = Clocks.gettime(base(clock));
        TimerFd setting = TimerFd.read(timer);
        long now = Clocks.gettime(base(clock));
        boolean expired =
            setting.leftNanos() > leftBefore || (setting.leftNanos() == 0 && leftBefore != 0);
        if ((!expired && now - before < MOST_NANOS_BETWEEN) || attempt == MOST_ATTEMPTS) {
          return timer(clock, info, setting, now + shift);
        }
      }
    }
  }

  private static OpenFile.ExpirationTimer timer(int clock, FdInfo info, TimerFd setting, long now) {
    int settingFlags = info.octal("settime flags");
    long expirations = info.decimal("ticks");
    int flags = info.flags() & OpenFlags.NONBLOCK;
    // The kernel keeps a relative time of the real-time clock as one of the monotonic clock.
    boolean follows =
        base(clock) != Clocks.REALTIME || (settingFlags & OpenFile.ExpirationTimer.ABSOLUTE) != 0;
    if (setting.leftNanos() == 0 || !follows) {
      return new OpenFile.ExpirationTimer(
          clock, expirations, setting.leftNanos(), setting.intervalNanos(), settingFlags, flags);
    }
    // Once the kernel finds the first unread expiration in the past, it counts those after it.
    long expiry = now + setting.leftNanos() - expirations * setting.intervalNanos();
    return new OpenFile.ExpirationTimer(
        clock,
        0,
        Math.max(1, expiry),
        setting.intervalNanos(),
        settingFlags | OpenFile.ExpirationTimer.ABSOLUTE,
        flags);
  }

  /** Returns the clock of the same time that can be read by everybody. */
  private static int base(int clock) {
    return switch (clock) {
      case REALTIME_ALARM -> Clocks.REALTIME;
      case BOOTTIME_ALARM -> Clocks.BOOTTIME;
      default -> clock;
    };
  }

  /** Returns how far the clock is ahead for the target. */
  private long shift(int clock) {
    if (base(clock) == Clocks.REALTIME) {
      return 0;
    }
    TimeOffsets target = TimeOffsets.of(Integer.toString(pid));
    TimeOffsets own = TimeOffsets.of("self");
    return base(clock) == Clocks.BOOTTIME
        ? target.boottimeNanos() - own.boottimeNanos()
        : target.monotonicNanos() - own.monotonicNanos();
  }
}
