package io.github.livemigration.image;

/**
 * Switches of the whole process, set by {@code prctl(2)} and in {@code /proc/PID}.
 *
 * @param dumpable as {@code PR_GET_DUMPABLE} gives it
 * @param childSubreaper whether orphans below it become its children
 * @param hugePagesDisabled as {@code PR_GET_THP_DISABLE} gives it: bit 0, and the flags
 * @param memoryDenyWriteExecute as {@code PR_GET_MDWE} gives it
 * @param memoryMerge whether all of its memory may be merged ({@code PR_SET_MEMORY_MERGE})
 * @param memoryBarriers kinds of {@code membarrier(2)} that it has registered for, as {@code
 *     MEMBARRIER_CMD_GET_REGISTRATIONS} gives them: one bit for each command that registers
 * @param oomScoreAdjustment -1000 to 1000
 * @param coredumpFilter kinds of mappings that a core dump shows, one bit each
 */
public record ProcessControls(
    int dumpable,
    boolean childSubreaper,
    int hugePagesDisabled,
    int memoryDenyWriteExecute,
    boolean memoryMerge,
    int memoryBarriers,
    int oomScoreAdjustment,
    int coredumpFilter) {
  /** Registrations: global, private, private for other cores' code, private for rseq. */
  private static final int REGISTRATIONS = 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8;

  public ProcessControls {
    if ((memoryBarriers & ~REGISTRATIONS) != 0) {
      throw new IllegalArgumentException(
          "membarrier registrations %#x are unknown".formatted(memoryBarriers));
    }
    if (oomScoreAdjustment < -1000 || oomScoreAdjustment > 1000) {
      throw new IllegalArgumentException("oom_score_adj " + oomScoreAdjustment);
    }
  }
}
