package io.github.livemigration.image;

import java.util.List;

/**
 * Switches that each thread has for itself, set by {@code prctl(2)}, {@code arch_prctl(2)}, {@code
 * personality(2)} and {@code ioprio_set(2)}.
 *
 * @param personality as {@code personality(2)} gives it
 * @param parentDeathSignal as {@code PR_GET_PDEATHSIG} gives it, 0 for none. The parent is the
 *     namespace's init after a move
 * @param ioPriority as {@code ioprio_get(2)} gives it, 0 where none was set
 * @param timestampCounter as {@code PR_GET_TSC} gives it
 * @param machineCheckPolicy as {@code PR_MCE_KILL_GET} gives it
 * @param speculation as {@code PR_GET_SPECULATION_CTRL} gives it for each of its {@link
 *     #MISFEATURES}
 * @param memoryPolicy from which nodes the thread takes memory
 * @param cpuidAllowed whether the CPUID instruction runs, see {@code ARCH_GET_CPUID}
 */
public record ThreadControls(
    long personality,
    int parentDeathSignal,
    int ioPriority,
    int timestampCounter,
    int machineCheckPolicy,
    List<Integer> speculation,
    MemoryPolicy memoryPolicy,
    boolean cpuidAllowed) {
  /** Kinds of speculation that a thread can turn off. */
  public static final int MISFEATURES = 3;

  public ThreadControls {
    if (parentDeathSignal < 0 || parentDeathSignal > SignalState.SIGNALS) {
      throw new IllegalArgumentException("parent-death signal " + parentDeathSignal);
    }
    speculation = List.copyOf(speculation);
    if (speculation.size() != MISFEATURES) {
      throw new IllegalArgumentException("speculation " + speculation);
    }
  }
}
