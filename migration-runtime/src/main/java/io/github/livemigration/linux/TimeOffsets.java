package io.github.livemigration.linux;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far the clocks of a time namespace are ahead of its host's.
 *
 * @param monotonicNanos of CLOCK_MONOTONIC
 * @param boottimeNanos of CLOCK_BOOTTIME
 * @see <a
 *     href="https://man7.org/linux/man-pages/man7/time_namespaces.7.html">time_namespaces(7)</a>
 */
public record TimeOffsets(long monotonicNanos, long boottimeNanos) {

  /**
   * Read them.
   *
   * @param process id of a process in the namespace, or {@code self}
   */
  public static TimeOffsets of(String process) {
    String path = "/proc/" + process + "/timens_offsets";
    if (!ProcFs.exists(path)) {
      return new TimeOffsets(0, 0); // A kernel without time namespaces.
    }
    // Lines: clock, seconds, nanoseconds.
    Map<String, Long> offsets =
        ProcFs.readText(path)
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .collect(
                Collectors.toMap(
                    fields -> fields[0],
                    fields ->
                        Long.parseLong(fields[1]) * 1_000_000_000L + Long.parseLong(fields[2])));
    return new TimeOffsets(
        offsets.getOrDefault("monotonic", 0L), offsets.getOrDefault("boottime", 0L));
  }
}
