package io.github.livemigration.capture;

import static java.util.stream.Collectors.toSet;

import io.github.livemigration.image.PosixTimer;
import io.github.livemigration.linux.PosixTimerEntry;
import io.github.livemigration.tracee.TracedThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Timers of {@code timer_create(2)} whose signal is pending. A periodic one stands still then: the
 * kernel counts the periods that have gone by when it delivers the signal. So it is set on the
 * destination as if it were to expire for the first time in the past, and sends the signal itself.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/timer_getoverrun.2.html">timer_getoverrun(2)
 *     </a>
 */
final class PendingTimers {
  private static final int CODE_OFFSET = 8;
  private static final int TIMER_OFFSET = 16;
  private static final int SI_TIMER = -2;

  private final Map<Integer, PosixTimerEntry> timers = new HashMap<>();
  private final Set<Integer> atFreeze = new HashSet<>();
  private final Set<Integer> since = new HashSet<>();

  PendingTimers(List<PosixTimerEntry> timers) {
    timers.forEach(timer -> this.timers.put(timer.id(), timer));
  }

  /** Look at signals, {@code siginfo_t} each, that were pending for process or thread. */
  void addPending(List<byte[]> signals) {
    addTo(atFreeze, signals);
  }

  /**
   * Look again, once it is known how long the timers still run: they may have expired meanwhile.
   */
  void lookAgain(FrozenProcess process) {
    if (timers.isEmpty()) {
      return;
    }
    addTo(since, process.leader().pendingSignals(true));
    for (TracedThread thread : process.threads()) {
      if (timers.values().stream().anyMatch(timer -> timer.toThread(thread.tid()))) {
        addTo(since, thread.pendingSignals(false));
      }
    }
    since.removeAll(atFreeze);
  }

  private void addTo(Set<Integer> ids, List<byte[]> signals) {
    signals.stream().filter(this::isOfTimer).forEach(signal -> ids.add(timerOf(signal)));
  }

  /** Whether its signal was pending when the process was frozen. */
  boolean wasPending(PosixTimerEntry timer) {
    return atFreeze.contains(timer.id());
  }

  /**
   * Returns when a timer is to expire, as {@link io.github.livemigration.image.PosixTimer} has it.
   *
   * @param next when it would expire next, 0 for never
   */
  long deadline(PosixTimerEntry timer, long next, long interval) {
    if (timer.countsProcessorTime() || interval == 0) {
      return next == 0 && since.contains(timer.id()) ? 1 : next;
    }
    boolean standsStill = wasPending(timer) || since.contains(timer.id());
    return standsStill ? Math.max(1, next - interval) : next;
  }

  /** Returns the signals but for those that a timer sends by itself when it is set again. */
  List<byte[]> withoutRepeated(List<byte[]> signals, List<PosixTimer> timers) {
    Set<Integer> repeating =
        timers.stream()
            .filter(timer -> timer.intervalNanos() != 0 && !timer.countsProcessorTime())
            .map(PosixTimer::id)
            .collect(toSet());
    return signals.stream()
        .filter(signal -> !isOfTimer(signal) || !repeating.contains(timerOf(signal)))
        .toList();
  }

  private boolean isOfTimer(byte[] signal) {
    return at(signal, CODE_OFFSET) == SI_TIMER && timers.containsKey(timerOf(signal));
  }

  private static int timerOf(byte[] signal) {
    return at(signal, TIMER_OFFSET);
  }

  private static int at(byte[] signal, int offset) {
    return ByteBuffer.wrap(signal).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}
