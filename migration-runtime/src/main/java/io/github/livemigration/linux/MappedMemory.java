package io.github.livemigration.linux;

import com.sun.jna.Pointer;

/**
 * Memory that is mapped until it is closed, and not, like that of a {@link NativeBuffer}, until the
 * garbage collector comes to it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a>
 */
public final class MappedMemory implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private final NativeBuffer memory;
  private boolean closed;

  private MappedMemory(NativeBuffer memory) {
    this.memory = memory;
  }

  /**
   * Map a file in memory from its start, shared with everybody who has it: what this process writes
   * is there for others from that moment on, however this process ends. The descriptor may be
   * closed after that.
   *
   * @param lengthBytes of the file, whole pages; memory is taken for pages that are used
   */
  public static MappedMemory of(OwnedFd file, int lengthBytes) {
    return map(lengthBytes, MAP_SHARED, file.number(), file.toString());
  }

  /**
   * Map zeros.
   *
   * @param lengthBytes whole pages, at least one; memory is taken for pages that are used
   */
  public static MappedMemory ofZeros(int lengthBytes) {
    return map(lengthBytes, MAP_PRIVATE_ANONYMOUS, -1, "zeros");
  }

  private static MappedMemory map(int lengthBytes, int flags, int descriptor, String what) {
    long address =
        LibC.syscall(X8664.MMAP, 0, lengthBytes, PROT_READ_WRITE, flags, (long) descriptor, 0L);
    if (address == -1) {
      throw LibC.failure("mmap(" + what + ", " + lengthBytes + " bytes)");
    }
    return new MappedMemory(NativeBuffer.of(new Pointer(address), lengthBytes));
  }

  /** The memory; not to be used after {@link #close}. */
  public NativeBuffer buffer() {
    return memory;
  }

  /** Give the mapping up; the content stays where others have it. Harmless when repeated. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      LibC.call(X8664.MUNMAP, memory.address(), memory.length(), 0);
    }
  }
}
