package io.github.livemigration.image;

/**
 * Protection keys that a process has taken, see pkeys(7).
 *
 * @param allocated by {@code pkey_alloc(2)}: bit 1 for key 1 and so on
 * @param executeOnly the key that the kernel has taken for memory that may be executed and not
 *     read; 0 for none
 */
public record ProtectionKeys(int allocated, int executeOnly) {
  /** As many as x86-64 has. Key 0 is that of all other memory. */
  public static final int COUNT = 16;

  private static final int ALL = (1 << COUNT) - 2;

  public ProtectionKeys {
    if ((allocated & ~ALL) != 0 || executeOnly < 0 || executeOnly >= COUNT) {
      throw new IllegalArgumentException(
          "protection keys %#x, %d for code".formatted(allocated, executeOnly));
    }
    if ((allocated >> executeOnly & 1) != 0) {
      throw new IllegalArgumentException("protection key " + executeOnly + " for two uses");
    }
  }

  /** Returns whether the program has allocated a key and not freed it. */
  public boolean isAllocated(int key) {
    return (allocated >> key & 1) != 0;
  }
}
