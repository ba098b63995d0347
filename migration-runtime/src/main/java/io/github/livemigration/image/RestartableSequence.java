package io.github.livemigration.image;

/**
 * A thread's registered rseq area.
 *
 * @param address of the area
 * @param lengthBytes of the area
 * @param signature that precedes abort handlers
 * @see <a href="https://docs.kernel.org/userspace-api/rseq.html">rseq</a>
 */
public record RestartableSequence(long address, int lengthBytes, int signature) {}
