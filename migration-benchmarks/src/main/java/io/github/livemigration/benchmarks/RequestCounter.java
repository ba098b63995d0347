package io.github.livemigration.benchmarks;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * A JVM that is a target and has always something to do: threads serve requests, each of which
 * reads a block of the live memory and replaces one in four. Every millisecond it prints
 * CLOCK_MONOTONIC and how many it has served: {@code FILE THREADS LIVE_MIB}.
 */
final class RequestCounter {
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final int REQUESTS_A_NEW_BLOCK = 4;

  private RequestCounter() {}

  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[1]);
    int blocks = (int) ((Long.parseLong(arguments[2]) << 20) / threads / BLOCK_BYTES);
    LongAdder served = new LongAdder();
    for (int i = 0; i < threads; i++) {
      byte[][] live = new byte[blocks][BLOCK_BYTES];
      Thread thread = new Thread(() -> serve(live, served), "serving " + i);
      thread.setDaemon(true);
      thread.start();
    }
    try (FileOutputStream out = new FileOutputStream(Path.of(arguments[0]).toFile(), true)) {
      while (true) {
        String line = System.nanoTime() + " " + served.sum() + "\n";
        out.write(line.getBytes(StandardCharsets.US_ASCII));
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void serve(byte[][] live, LongAdder served) {
    CRC32 sum = new CRC32();
    for (int request = 0; ; request++) {
      int block = Math.floorMod(request * 31, live.length);
      sum.update(live[block]);
      if (request % REQUESTS_A_NEW_BLOCK == 0) {
        live[block] = live[block].clone();
      }
      live[block][request & (BLOCK_BYTES - 1)] = (byte) sum.getValue();
      served.increment();
    }
  }
}
