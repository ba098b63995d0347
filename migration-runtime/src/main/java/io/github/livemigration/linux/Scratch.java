package io.github.livemigration.linux;

/**
 * A little native memory for each thread, for structures that live for one system call.
 *
 * <p>Whoever takes it uses it and is done before calling anything else of this package: there is
 * one a thread.
 */
final class Scratch {
  /** Usable length in bytes. */
  static final int LENGTH = 8192;

  private static final ThreadLocal<NativeBuffer> BUFFER =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(LENGTH));

  private Scratch() {}

  static NativeBuffer get() {
    return BUFFER.get();
  }
}
