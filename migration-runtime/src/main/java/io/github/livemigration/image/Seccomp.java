package io.github.livemigration.image;

import java.util.List;

/**
 * Which system calls a thread may make.
 *
 * @param mode {@link #OFF}, {@link #STRICT} or {@link #FILTERS}, as {@code /proc/PID/status} has it
 * @param filters positions in {@link ProcessImage#systemCallFilters}, the oldest first
 */
public record Seccomp(int mode, List<Integer> filters) {
  /** Any call. */
  public static final int OFF = 0;

  /** {@code read}, {@code write}, {@code exit} and {@code rt_sigreturn} only. */
  public static final int STRICT = 1;

  /** What its filters permit. */
  public static final int FILTERS = 2;

  /** Of a thread that may make any call. */
  public static final Seccomp NONE = new Seccomp(OFF, List.of());

  public Seccomp {
    filters = List.copyOf(filters);
    if (mode < OFF || mode > FILTERS || (mode == FILTERS) == filters.isEmpty()) {
      throw new IllegalArgumentException(
          "seccomp mode %d with %d filters".formatted(mode, filters.size()));
    }
  }
}
