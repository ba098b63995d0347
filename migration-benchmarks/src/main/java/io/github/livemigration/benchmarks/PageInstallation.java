package io.github.livemigration.benchmarks;

import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.UserfaultFd;

/** The other bound of a drain: UFFDIO_COPY from one buffer, with no network in sight. */
final class PageInstallation {
  static final int ROUND_MIB = 512;
  private static final int CHUNK_BYTES = 128 * 1024;
  private static final int ROUNDS = 5;

  private PageInstallation() {}

  /**
   * Into memory that the round before has just given back: even a virtual machine mostly has it at
   * once, without asking its host.
   */
  static final class Again {
    private Again() {}

    /** Installs, and prints MiB a second for each round but the first. */
    public static void main(String[] arguments) {
      measure(ROUND_MIB);
      for (int round = 1; round < ROUNDS; round++) {
        Printed.samples(measure(ROUND_MIB));
      }
    }
  }

  /**
   * Into as much memory as a target has, none of which this process has touched before: the time
   * has in it what a virtual machine's host does to provide the memory, like that of a drain.
   */
  static final class Untouched {
    private Untouched() {}

    /** Installs once, and prints MiB a second: {@code MIB}. */
    public static void main(String[] arguments) {
      Printed.samples(measure(Long.parseLong(arguments[0])));
    }
  }

  private static double measure(long mib) {
    long lengthBytes = mib << 20;
    NativeBuffer chunk = NativeBuffer.allocate(CHUNK_BYTES);
    Installation installation = new Installation();
    try (AnonymousMemory memory = new AnonymousMemory(lengthBytes);
        UserfaultFd userfault = UserfaultFd.create(0)) {
      userfault.api(0);
      userfault.register(memory.address(), lengthBytes, UserfaultFd.MODE_MISSING);
      long start = System.nanoTime();
      for (long offset = 0; offset < lengthBytes; offset += CHUNK_BYTES) {
        installation.copy(userfault, memory.address() + offset, chunk.address(), CHUNK_BYTES);
      }
      return mib / ((System.nanoTime() - start) / 1e9);
    }
  }
}
