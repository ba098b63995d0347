package io.github.livemigration.restore;

import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;

/**
 * Makes the descriptors by which a program waits. Each gets the number 0, the lowest that is free.
 */
final class WaitDescriptorBuilder {
  private static final int EFD_SEMAPHORE = 1;
  private static final int SIGNAL_SET_BYTES = 8;
  private static final long TFD_IOC_SET_TICKS = 0x4008_5400L;
  private static final long NANOS = 1_000_000_000L;

  private final RemoteBatch batch;

  WaitDescriptorBuilder(RemoteBatch batch) {
    this.batch = batch;
  }

  RemoteCall open(OpenFile.EventCounter counter) {
    int flags = (counter.flags() & OpenFlags.NONBLOCK) | (counter.semaphore() ? EFD_SEMAPHORE : 0);
    RemoteCall open = batch.call("eventfd2()", X8664.EVENTFD2, 0, flags);
    if (counter.count() != 0) {
      batch.call(
          CallName.of("write(eventfd, %s)", Long.toUnsignedString(counter.count())),
          X8664.WRITE,
          0,
          batch.longs(counter.count()),
          Long.BYTES);
    }
    return open;
  }

  RemoteCall open(OpenFile.SignalReader signals) {
    return batch.call(
        CallName.of("signalfd4(%#x)", signals.mask()),
        X8664.SIGNALFD4,
        -1,
        batch.longs(signals.mask()),
        SIGNAL_SET_BYTES,
        signals.flags() & OpenFlags.NONBLOCK);
  }

  RemoteCall open(OpenFile.ExpirationTimer timer) {
    RemoteCall open =
        batch.call(
            CallName.of("timerfd_create(%d)", timer.clock()),
            X8664.TIMERFD_CREATE,
            timer.clock(),
            timer.flags() & OpenFlags.NONBLOCK);
    batch.call(
        "timerfd_settime()",
        X8664.TIMERFD_SETTIME,
        0,
        timer.settingFlags(),
        batch.longs(
            timer.intervalNanos() / NANOS,
            timer.intervalNanos() % NANOS,
            timer.expiryNanos() / NANOS,
            timer.expiryNanos() % NANOS),
        0);
    if (timer.expirations() != 0) {
      batch.call(
          CallName.of("ioctl(TFD_IOC_SET_TICKS, %d)", timer.expirations()),
          X8664.IOCTL,
          0,
          TFD_IOC_SET_TICKS,
          batch.longs(timer.expirations()));
    }
    return open;
  }
}
