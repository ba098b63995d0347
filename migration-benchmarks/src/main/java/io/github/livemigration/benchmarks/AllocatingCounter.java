package io.github.livemigration.benchmarks;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A JVM that is a target: it prints CLOCK_MONOTONIC to a file every millisecond while other threads
 * hold memory and allocate: {@code FILE THREADS LIVE_MIB}.
 */
final class AllocatingCounter {
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final int BLOCKS_A_ROUND = 4;
  private static final int ROUNDS_A_LIVE_BLOCK = 4;
  private static final long PAUSE_NANOS = 4_000_000;

  private AllocatingCounter() {}

  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[1]);
    long liveBytes = Long.parseLong(arguments[2]) << 20;
    for (int i = 0; i < threads; i++) {
      byte[][] live = new byte[(int) (liveBytes / threads / BLOCK_BYTES)][BLOCK_BYTES];
      Thread thread = new Thread(() -> allocate(live), "allocating " + i);
      thread.setDaemon(true);
      thread.start();
    }
    count(Path.of(arguments[0]));
  }

  private static void count(Path file) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      while (true) {
        // On Linux this is CLOCK_MONOTONIC.
        out.write((System.nanoTime() + "\n").getBytes(StandardCharsets.US_ASCII));
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void allocate(byte[][] live) {
    for (int round = 0; ; round++) {
      for (int i = 0; i < BLOCKS_A_ROUND; i++) {
        byte[] block = new byte[BLOCK_BYTES];
        block[round % BLOCK_BYTES] = 1;
        if (i == 0 && round % ROUNDS_A_LIVE_BLOCK == 0) {
          live[round / ROUNDS_A_LIVE_BLOCK % live.length] = block;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
