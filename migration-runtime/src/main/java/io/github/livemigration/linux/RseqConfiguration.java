package io.github.livemigration.linux;

/**
 * Where the kernel looks for a thread's restartable sequences.
 *
 * @param address of the area in the process
 * @param sizeBytes length of the area that was registered
 * @param signature word that stands before every abort handler
 * @param flags of the registration
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a>
 */
public record RseqConfiguration(long address, int sizeBytes, int signature, int flags) {}
