package io.github.livemigration.linux;

import com.sun.jna.Pointer;

/**
 * The content of a file in memory, shared with everybody who has the file. What this process writes
 * there is there for others, too, from the moment it is written, however this process ends.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a>
 */
public final class SharedMemory implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;

  private final NativeBuffer memory;
  private boolean closed;

  private SharedMemory(NativeBuffer memory) {
    this.memory = memory;
  }

  /**
   * Map a file from its start. The descriptor may be closed after that.
   *
   * @param lengthBytes of the file, whole pages; memory is taken for pages that are used
   */
  public static SharedMemory map(OwnedFd file, int lengthBytes) {
    long address =
        LibC.syscall(
            X8664.MMAP, 0, lengthBytes, PROT_READ_WRITE, MAP_SHARED, (long) file.number(), 0L);
    if (address == -1) {
      throw LibC.failure("mmap(" + file + ", " + lengthBytes + " bytes)");
    }
    return new SharedMemory(NativeBuffer.of(new Pointer(address), lengthBytes));
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
