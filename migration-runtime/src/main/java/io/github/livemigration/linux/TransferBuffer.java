package io.github.livemigration.linux;

/**
 * Memory of each thread for bytes on their way between an array and another process. Fresh memory
 * would cost more than the copying: the kernel has to find and clear every page of it.
 */
public final class TransferBuffer {
  /** Usable length in bytes: as much as stays in the processor's cache. */
  public static final int LENGTH = 64 * 1024;

  private static final ThreadLocal<NativeBuffer> BUFFER =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(LENGTH));

  private TransferBuffer() {}

  /** Returns the calling thread's buffer, whose content is whatever was left in it. */
  public static NativeBuffer get() {
    return BUFFER.get();
  }
}
