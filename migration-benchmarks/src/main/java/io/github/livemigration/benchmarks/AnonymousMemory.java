package io.github.livemigration.benchmarks;

import com.sun.jna.Function;
import com.sun.jna.Pointer;

/**
 * Fresh memory of this process. It is touched in native calls only: a thread that waits for a page
 * there does not keep the JVM from a safepoint.
 */
public final class AnonymousMemory implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  private final long address;
  private final long lengthBytes;

  /** Map it, in pages of 4096 bytes. */
  public AnonymousMemory(long lengthBytes) {
    this.lengthBytes = lengthBytes;
    address = call("mmap", 0L, lengthBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    if (address == -1 || call("madvise", address, lengthBytes, MADV_NOHUGEPAGE) != 0) {
      throw new IllegalStateException("no memory of " + lengthBytes + " bytes");
    }
  }

  private static long call(String name, Object... arguments) {
    return Function.getFunction("c", name).invokeLong(arguments);
  }

  /** Returns the address of its first byte. */
  public long address() {
    return address;
  }

  byte touch(long offset) {
    return new Pointer(address).getByte(offset);
  }

  void fill(long offset, byte[] content) {
    new Pointer(address).write(offset, content, 0, content.length);
  }

  /** Copy bytes in from an address of this process. */
  public void copyIn(long offset, long source, long lengthBytes) {
    call("memcpy", address + offset, source, lengthBytes);
  }

  /** Give all pages back to the kernel. */
  public void forget() {
    call("madvise", address, lengthBytes, MADV_DONTNEED);
  }

  @Override
  public void close() {
    call("munmap", address, lengthBytes);
  }
}
