package io.github.livemigration.image;

/**
 * A filter of {@code seccomp(2)}.
 *
 * @param program {@code struct sock_filter} instructions, 8 bytes each
 * @param logged whether what it denies may be logged ({@code SECCOMP_FILTER_FLAG_LOG})
 * @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
 */
public record SystemCallFilter(byte[] program, boolean logged) {
  /** Length of {@code struct sock_filter} in bytes. */
  public static final int INSTRUCTION_BYTES = 8;

  /** Most instructions of one filter. */
  public static final int MAX_INSTRUCTIONS = 4096;

  public SystemCallFilter {
    int instructions = program.length / INSTRUCTION_BYTES;
    if (program.length % INSTRUCTION_BYTES != 0
        || instructions == 0
        || instructions > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException("a filter of " + program.length + " bytes");
    }
  }
}
