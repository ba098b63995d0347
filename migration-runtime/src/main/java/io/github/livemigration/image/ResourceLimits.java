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

  public ResourceLimits {
    soft = List.copyOf(soft);
    hard = List.copyOf(hard);
    if (soft.size() != COUNT || hard.size() != COUNT) {
      throw new IllegalArgumentException("16 resource limits are expected");
    }
  }
}
