package io.github.livemigration.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A timer as {@code /proc/PID/timers} shows it.
 *
 * @param id of the timer
 * @param signal that it sends
 * @param value of {@code sigev_value}
 * @param kind of notification: {@code signal}, {@code none} or {@code thread}
 * @param toThread whether one thread gets the signal
 * @param task id of that thread, otherwise of the process, in the PID namespace of the reader's
 *     {@code /proc}
 * @param clock that it follows; negative for one that counts processor time
 * @see <a
 *     href="https://man7.org/linux/man-pages/man5/proc_pid_timers.5.html">proc_pid_timers(5)</a>
 */
public record PosixTimerEntry(
    int id, int signal, long value, String kind, boolean toThread, int task, int clock) {
  private static final int CLOCK_TYPE_BITS = 3;
  private static final int CLOCK_OF_THREAD = 4;
  private static final int CLOCK_OF_DEVICE = 3;

  private static final Pattern TIMER =
      Pattern.compile(
          """
          ID: (\\d{1,9})
          signal: (\\d{1,4})/([0-9a-f]{1,16})
          notify: (signal|none|thread)/(pid|tid)\\.(\\d{1,9})
          ClockID: (-?\\d{1,9})
          """);

  /** Parse the whole text of the file. */
  public static List<PosixTimerEntry> parse(String text) {
    List<PosixTimerEntry> timers = new ArrayList<>();
    Matcher matcher = TIMER.matcher(text);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      timers.add(
          new PosixTimerEntry(
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              Long.parseUnsignedLong(matcher.group(3), 16),
              matcher.group(4),
              matcher.group(5).equals("tid"),
              Integer.parseInt(matcher.group(6)),
              Integer.parseInt(matcher.group(7))));
      end = matcher.end();
    }
    if (end != text.length()) {
      throw new UnparsableLineException(
          "timers", text.substring(end, Math.min(text.length(), end + 100)));
    }
    return timers;
  }

  /** Whether this thread gets its signal, and no other. */
  public boolean toThread(int tid) {
    return toThread && task == tid;
  }

  /** Whether its clock counts the processor time of a process or thread. */
  public boolean countsProcessorTime() {
    return clock < 0;
  }

  /**
   * Whose processor time its clock counts, as the target numbers it: 0 for the process or thread
   * that made the timer.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html">clock_getcpuclockid(3)</a>
   */
  public int clockOwner() {
    return ~(clock >> CLOCK_TYPE_BITS);
  }

  /** Whether its clock counts the processor time of the thread that made it, whichever that is. */
  public boolean isOfItsMaker() {
    return countsProcessorTime() && !ofDevice() && ofThread() && clockOwner() == 0;
  }

  /** Whether its clock counts the processor time of a single thread. */
  public boolean ofThread() {
    return (clock & CLOCK_OF_THREAD) != 0;
  }

  /** Whether its clock is a device that the process has open. */
  public boolean ofDevice() {
    return clock < 0 && (clock & CLOCK_OF_DEVICE) == CLOCK_OF_DEVICE;
  }
}
