package io.github.livemigration.session;

import java.util.concurrent.locks.LockSupport;

/**
 * A JVM that counts: threads that allocate, a heap that is touched and checked, output by one
 * number a line.
 */
public final class CountingTarget {
  private CountingTarget() {}

  /** Takes the delay between numbers in milliseconds and the number of worker threads. */
  public static void main(String[] arguments) throws InterruptedException {
    long delayMillis = Long.parseLong(arguments[0]);
    for (int worker = 0; worker < Integer.parseInt(arguments[1]); worker++) {
      Thread thread = new Thread(CountingTarget::work, "worker " + worker);
      thread.setDaemon(true);
      thread.start();
    }
    for (long number = 1; ; number++) {
      System.out.println(number);
      Thread.sleep(delayMillis);
    }
  }

  private static void work() {
    int[][] blocks = new int[64][];
    for (int round = 0; ; round++) {
      int[] block = blocks[round % blocks.length];
      if (block != null && block[block.length - 1] != round - blocks.length) {
        System.out.println("the heap is not what it was");
        Runtime.getRuntime().halt(70);
      }
      int[] fresh = new int[1_000 + round % 10_000];
      fresh[fresh.length - 1] = round;
      blocks[round % blocks.length] = fresh;
      LockSupport.parkNanos(500_000);
    }
  }
}
