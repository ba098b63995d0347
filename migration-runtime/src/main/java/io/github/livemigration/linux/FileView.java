package io.github.livemigration.linux;

/**
 * A new file, mapped into this process to be filled: for files that have no {@code write(2)}, as
 * those of huge pages. To be used by one thread.
 */
public final class FileView implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int PAGE_BYTES = NativeBuffer.PAGE_SIZE;
  private static final NativeBuffer ZEROS = NativeBuffer.allocate(PAGE_BYTES);

  private final ProcessMemory memory = ProcessMemory.open(SelfProcess.pid());
  private final long address;
  private final long lengthBytes;
  private boolean closed;

  /**
   * Map a file.
   *
   * @param file open for reading and writing
   * @param lengthBytes of all of it
   */
  public FileView(OwnedFd file, long lengthBytes) {
    this.lengthBytes = lengthBytes;
    address =
        LibC.syscall(
            X8664.MMAP,
            0,
            lengthBytes,
            PROT_READ_WRITE,
            MAP_SHARED | MAP_NORESERVE,
            file.number(),
            0);
    if (address == -1) {
      SystemCallException failure = LibC.failure("mmap(" + file + ")");
      memory.close();
      throw failure;
    }
  }

  /**
   * Write whole pages; those of zeros stay as they are. Where the kernel has no memory for it, this
   * fails, while a store would end this process by SIGBUS.
   *
   * @param local address of the bytes in this process
   */
  public void write(long offset, long local, int length) {
    if (offset < 0 || length > lengthBytes - offset) {
      throw new IllegalArgumentException(
          "%d bytes at %d of %d".formatted(length, offset, lengthBytes));
    }
    int written = 0;
    for (int end = 0; end <= length; end += PAGE_BYTES) {
      if (end == length || LibC.memcmp(local + end, ZEROS.address(), PAGE_BYTES) == 0) {
        if (end > written) {
          memory.write(address + offset + written, local + written, end - written);
        }
        written = end + PAGE_BYTES;
      }
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    memory.close();
    if (LibC.call(X8664.MUNMAP, address, lengthBytes, 0) < 0) {
      throw LibC.failure("munmap");
    }
  }
}
