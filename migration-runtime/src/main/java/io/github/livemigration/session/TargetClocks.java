package io.github.livemigration.session;

import io.github.livemigration.linux.Clocks;
import io.github.livemigration.linux.TimeOffsets;
import io.github.livemigration.restore.ClockShift;

/**
 * The clocks of the target that a time namespace can carry on.
 *
 * @param monotonicNanos CLOCK_MONOTONIC as the target will read it, at the earliest, when this
 *     arrives
 * @param boottimeNanos CLOCK_BOOTTIME likewise
 * @param monotonicShiftNanos of the target's time namespace against its host
 * @param boottimeShiftNanos likewise
 */
public record TargetClocks(
    long monotonicNanos, long boottimeNanos, long monotonicShiftNanos, long boottimeShiftNanos) {

  /**
   * Read the clocks of a process.
   *
   * @param slackNanos time that may pass until the destination looks at its own clocks. Adding it
   *     keeps the target's clocks from ever stepping back
   */
  static TargetClocks of(int pid, long slackNanos) {
    TimeOffsets target = TimeOffsets.of(Integer.toString(pid));
    TimeOffsets own = TimeOffsets.of("self");
    return new TargetClocks(
        Clocks.gettime(Clocks.MONOTONIC)
            + target.monotonicNanos()
            - own.monotonicNanos()
            + slackNanos,
        Clocks.gettime(Clocks.BOOTTIME) + target.boottimeNanos() - own.boottimeNanos() + slackNanos,
        target.monotonicNanos(),
        target.boottimeNanos());
  }

  /**
   * Returns how far these clocks are ahead of this host's.
   *
   * @param sameHost where nothing has to be estimated
   */
  ClockShift shiftHere(boolean sameHost) {
    TimeOffsets own = TimeOffsets.of("self");
    if (sameHost) {
      return monotonicShiftNanos == own.monotonicNanos()
              && boottimeShiftNanos == own.boottimeNanos()
          ? ClockShift.NONE
          : new ClockShift(monotonicShiftNanos, boottimeShiftNanos);
    }
    return new ClockShift(
        monotonicNanos - Clocks.gettime(Clocks.MONOTONIC) + own.monotonicNanos(),
        boottimeNanos - Clocks.gettime(Clocks.BOOTTIME) + own.boottimeNanos());
  }
}
