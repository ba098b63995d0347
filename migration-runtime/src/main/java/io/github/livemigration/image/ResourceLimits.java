package io.github.livemigration.image;

import java.util.List;

/**
 * The resource limits of the target, {@code RLIMIT_} by number.
 *
 * @param soft current limits, -1 for none
 * @param hard ceilings, -1 for none
 */
public record ResourceLimits(List<Long> soft, List<Long> hard) {
  /** Number of limits that Linux has. */
  public static final int COUNT = 16;

  /** Their names, by number. */
  public static final List<String> NAMES =
      List.of(
          "RLIMIT_CPU",
          "RLIMIT_FSIZE",
          "RLIMIT_DATA",
          "RLIMIT_STACK",
          "RLIMIT_CORE",
          "RLIMIT_RSS",
          "RLIMIT_NPROC",
          "RLIMIT_NOFILE",
          "RLIMIT_MEMLOCK",
          "RLIMIT_AS",
          "RLIMIT_LOCKS",
          "RLIMIT_SIGPENDING",
          "RLIMIT_MSGQUEUE",
          "RLIMIT_NICE",
          "RLIMIT_RTPRIO",
          "RLIMIT_RTTIME");

  public ResourceLimits {
    soft = List.copyOf(soft);
    hard = List.copyOf(hard);
    if (soft.size() != COUNT || hard.size() != COUNT) {
      throw new IllegalArgumentException("16 resource limits are expected");
    }
  }
}
