package io.github.livemigration.programs;

import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Fills the heap with blocks of known content, looks at every byte of them again, and prints 1, 2,
 * 3 … while all are right.
 *
 * <p>Arguments: number of workers; {@code platform} or {@code virtual}, the kind of their threads.
 */
public final class ChurningTarget {
  private static final int BLOCKS = 60;
  private static final int LONGEST = 40_000;
  private static final int ROUNDS_OF_A_LINE = 20;

  private ChurningTarget() {}

  /** Start the workers and print. */
  public static void main(String[] args) throws Exception {
    int workers = Integer.parseInt(args[0]);
    Semaphore rounds = new Semaphore(0);
    ExecutorService executor =
        args[1].equals("virtual")
            // Since 21; this is compiled for 17.
            ? (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)
            : Executors.newCachedThreadPool();
    for (int worker = 0; worker < workers; worker++) {
      int seed = worker;
      executor.execute(() -> churn(new Random(seed), BLOCKS / Math.max(1, workers / 4), rounds));
    }
    for (long line = 1; ; line++) {
      rounds.acquire(ROUNDS_OF_A_LINE);
      System.out.println(line);
    }
  }

  private static void churn(Random random, int count, Semaphore rounds) {
    byte[][] blocks = new byte[Math.max(2, count)][0];
    while (true) {
      int index = random.nextInt(blocks.length);
      check(blocks[index], index);
      byte[] block = new byte[1 + random.nextInt(LONGEST)];
      for (int i = 0; i < block.length; i++) {
        block[i] = content(block.length, index, i);
      }
      blocks[index] = block;
      rounds.release();
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void check(byte[] block, int index) {
    for (int i = 0; i < block.length; i++) {
      if (block[i] != content(block.length, index, i)) {
        System.out.printf("wrong: byte %d of %d, block %d%n", i, block.length, index);
        Runtime.getRuntime().halt(1);
      }
    }
  }

  private static byte content(int length, int index, int i) {
    return (byte) (i * 31 + length + index + (i >> 8));
  }
}
