package io.github.livemigration.tracee;

import io.github.livemigration.linux.NativeBuffer;

/** One buffer for register sets, for each tracer thread. */
final class NativeBufferPerThread {
  /** Room for the largest XSAVE area there is: AMX tiles make it 11 KiB. */
  private static final int BYTES = 16_384;

  private final ThreadLocal<NativeBuffer> buffers =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(BYTES));

  NativeBuffer get() {
    return buffers.get();
  }
}
