package io.github.livemigration.benchmarks;

import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.pages.PageRun;

/** The other bound of a drain: UFFDIO_COPY from one buffer, with no network in sight. */
final class PageInstallation {
  static final int ROUND_MIB = 512;
  private static final int CHUNK_BYTES = 128 * 1024;
  private static final int ROUNDS = 5;
  private static final long TOUCHED_BYTES = 128L << 20;

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

  /**
   * What it costs a program to touch pages that are installed: where a virtual machine's host keeps
   * page tables of its own, it fills in each page at its first touch.
   */
  static final class Touched {
    private Touched() {}

    /** Touches, and prints microseconds a page: {@code TIMES}, of which the last counts. */
    public static void main(String[] arguments) {
      try (AnonymousMemory memory = new AnonymousMemory(TOUCHED_BYTES)) {
        install(memory, TOUCHED_BYTES);
        double micros = 0;
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
          long start = System.nanoTime();
          for (long offset = 0; offset < TOUCHED_BYTES; offset += PageRun.PAGE_BYTES) {
            memory.touch(offset);
          }
          micros = (System.nanoTime() - start) / 1e3 / (TOUCHED_BYTES / PageRun.PAGE_BYTES);
        }
        Printed.samples(micros);
      }
    }
  }

  private static double measure(long mib) {
    try (AnonymousMemory memory = new AnonymousMemory(mib << 20)) {
      return mib / (install(memory, mib << 20) / 1e9);
    }
  }

  /** Returns how many nanoseconds it took. */
  private static long install(AnonymousMemory memory, long lengthBytes) {
    NativeBuffer chunk = NativeBuffer.allocate(CHUNK_BYTES);
    Installation installation = new Installation();
    try (UserfaultFd userfault = UserfaultFd.create(0)) {
      userfault.api(0);
      userfault.register(memory.address(), lengthBytes, UserfaultFd.MODE_MISSING);
      long start = System.nanoTime();
      for (long offset = 0; offset < lengthBytes; offset += CHUNK_BYTES) {
        installation.copy(userfault, memory.address() + offset, chunk.address(), CHUNK_BYTES);
      }
      return System.nanoTime() - start;
    }
  }
}
