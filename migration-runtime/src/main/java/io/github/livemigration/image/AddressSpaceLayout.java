package io.github.livemigration.image;

import java.util.Optional;

/**
 * The addresses that the kernel remembers about a program, set again by {@code PR_SET_MM_MAP}.
 *
 * @param auxiliaryVector as in {@code /proc/PID/auxv}
 * @param executable path of the program, absent where it was deleted
 * @see <a href="https://man7.org/linux/man-pages/man2/PR_SET_MM.2const.html">PR_SET_MM(2const)</a>
 */
public record AddressSpaceLayout(
    long startCode,
    long endCode,
    long startData,
    long endData,
    long startBreak,
    long programBreak,
    long startStack,
    long argumentStart,
    long argumentEnd,
    long environmentStart,
    long environmentEnd,
    byte[] auxiliaryVector,
    Optional<String> executable) {}
