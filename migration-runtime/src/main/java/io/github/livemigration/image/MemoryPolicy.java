package io.github.livemigration.image;

/**
 * From which NUMA nodes a thread takes memory.
 *
 * @param mode with its flags, as {@code get_mempolicy(2)} gives it
 * @param nodes one bit each
 * @see <a href="https://man7.org/linux/man-pages/man2/set_mempolicy.2.html">set_mempolicy(2)</a>
 */
public record MemoryPolicy(int mode, byte[] nodes) {
  /** Length of the set of nodes in bytes: 1,024 nodes. */
  public static final int NODES_BYTES = 128;

  public MemoryPolicy {
    if (nodes.length != NODES_BYTES) {
      throw new IllegalArgumentException("nodes of " + nodes.length + " bytes");
    }
  }
}
