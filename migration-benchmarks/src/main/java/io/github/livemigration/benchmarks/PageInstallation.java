package io.github.livemigration.benchmarks;

import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.UserfaultFd;

/** The other bound of a drain: UFFDIO_COPY from one buffer, with no network in sight. */
final class PageInstallation {
  private static final int CHUNK_BYTES = 128 * 1024;
  private static final long ROUND_BYTES = 512L << 20;
  private static final int ROUNDS = 5;

  private PageInstallation() {}

  /** Installs, and prints MiB a second for each round but the first. */
  public static void main(String[] arguments) {
    for (int round = 0; round < ROUNDS; round++) {
      double rate = measure();
      if (round > 0) {
        Printed.samples(rate);
      }
    }
  }

  private static double measure() {
    NativeBuffer chunk = NativeBuffer.allocate(CHUNK_BYTES);
    Installation installation = new Installation();
    try (AnonymousMemory memory = new AnonymousMemory(ROUND_BYTES);
        UserfaultFd userfault = UserfaultFd.create(0)) {
      userfault.api(0);
      userfault.register(memory.address(), ROUND_BYTES, UserfaultFd.MODE_MISSING);
      long start = System.nanoTime();
      for (long offset = 0; offset < ROUND_BYTES; offset += CHUNK_BYTES) {
        installation.copy(userfault, memory.address() + offset, chunk.address(), CHUNK_BYTES);
      }
      return (ROUND_BYTES >> 20) / ((System.nanoTime() - start) / 1e9);
    }
  }
}
