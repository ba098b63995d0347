package io.github.livemigration.session;

import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Memory of a {@link RehearsalTarget} in which its threads wait for words to change: when one runs
 * again after a move, the kernel looks at every word before it lets the thread wait, and so misses
 * page after page.
 */
final class AwaitedWords {
  private static final int BYTES = 2 * 1024 * 1024;

  /** Some pages stay without content, as in real memory. */
  private static final int RUN_BYTES = 28 * 1024;

  private static final int RUN_DISTANCE = 32 * 1024;
  private static final byte CONTENT = 1;

  /** Fewer than one a page. */
  private static final int WORDS = 400;

  /** Length of {@code struct futex_waitv}. */
  private static final int ENTRY_BYTES = 24;

  private static final int FUTEX_SIZE_4_PRIVATE = 0x82;
  private static final int PROT_READ_WRITE = 3;

  /** With MAP_NORESERVE, so that it does not melt with the mapping beside it. */
  private static final int MAP_FLAGS = 0x22 | 0x4000;

  private final RemoteBatch.RemoteCall mapping;
  private final int threads;

  private AwaitedWords(RemoteBatch.RemoteCall mapping, int threads) {
    this.mapping = mapping;
    this.threads = threads;
  }

  /** Add the call that makes the memory; everything else comes after the run. */
  static AwaitedWords map(RemoteBatch batch, int threads) {
    return new AwaitedWords(
        batch.call("mmap", X8664.MMAP, 0, BYTES, PROT_READ_WRITE, MAP_FLAGS, -1, 0), threads);
  }

  /** Write its content. */
  void fill(ProcessMemory memory) {
    byte[] content = new byte[RUN_BYTES];
    Arrays.fill(content, CONTENT);
    for (int offset = 0; offset < BYTES; offset += RUN_DISTANCE) {
      memory.writeBytes(mapping.result() + offset, content);
    }
  }

  /** Returns for how many words each thread waits; the kernel takes 128. */
  int wordsPerThread() {
    return WORDS / threads;
  }

  /** Returns {@code struct futex_waitv[]} for a thread. */
  byte[] listFor(int thread) {
    int distance = BYTES / WORDS & -Integer.BYTES;
    ByteBuffer list =
        ByteBuffer.allocate(ENTRY_BYTES * wordsPerThread()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < wordsPerThread(); i++) {
      int offset = (thread * wordsPerThread() + i) * distance;
      boolean hasContent = offset % RUN_DISTANCE < RUN_BYTES;
      list.putLong(hasContent ? CONTENT * 0x01010101L : 0);
      list.putLong(mapping.result() + offset);
      list.putInt(FUTEX_SIZE_4_PRIVATE).putInt(0);
    }
    return list.array();
  }
}
