package io.github.livemigration.image;

/**
 * Switches of the whole process, set by {@code prctl(2)} and {@code personality(2)}.
 *
 * @param dumpable as {@code PR_GET_DUMPABLE} gives it
 * @param childSubreaper whether orphans below it become its children
 * @param hugePagesDisabled as {@code PR_GET_THP_DISABLE} gives it
 * @param secureBits as {@code PR_GET_SECUREBITS} gives them
 * @param personality as {@code personality(2)} gives it
 */
public record ProcessControls(
    int dumpable,
    boolean childSubreaper,
    int hugePagesDisabled,
    int secureBits,
    long personality) {}
