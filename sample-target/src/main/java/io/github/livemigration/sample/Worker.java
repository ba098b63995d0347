package io.github.livemigration.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * Keeps touching its share of the heap: checks a block against its checksum, changes it, allocates.
 *
 * <p>A wrong byte is told on standard error, and ends the program with status 70.
 */
final class Worker implements Runnable {

  static final int WRONG_MEMORY = 70;
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final int BLOCKS_A_ROUND = 4;
  private static final int ROUNDS_A_BLOCK_LIVES = 50;
  private static final long PAUSE_NANOS = 2_000_000;

  private final String name;
  private final List<byte[]> blocks = new ArrayList<>();
  private final List<Long> checksums = new ArrayList<>();
  private final CRC32 crc = new CRC32();
  private long round;

  Worker(String name, long heapBytes) {
    this.name = name;
    for (long i = 0; i < Math.max(1, heapBytes / BLOCK_BYTES); i++) {
      byte[] block = new byte[BLOCK_BYTES];
      fill(block, i);
      blocks.add(block);
      checksums.add(checksum(block));
    }
  }

  /** Work until the program ends. */
  @Override
  public void run() {
    while (true) {
      for (int i = 0; i < BLOCKS_A_ROUND; i++) {
        step();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Check and change one block; now and then put a new one in its place. */
  void step() {
    int index = (int) (round % blocks.size());
    byte[] block = blocks.get(index);
    long found = checksum(block);
    if (found != checksums.get(index)) {
      System.err.printf(
          "%s: block %d has checksum %08x, expected %08x%n",
          name, index, found, checksums.get(index));
      Runtime.getRuntime().halt(WRONG_MEMORY);
    }
    byte[] changed = round % ROUNDS_A_BLOCK_LIVES == 0 ? new byte[BLOCK_BYTES] : block;
    fill(changed, found + round);
    blocks.set(index, changed);
    checksums.set(index, checksum(changed));
    round++;
  }

  /** The memory, so that a test can spoil it. */
  byte[] block(int index) {
    return blocks.get(index);
  }

  private long checksum(byte[] block) {
    crc.reset();
    crc.update(block);
    return crc.getValue();
  }

  private static void fill(byte[] block, long seed) {
    long value = seed * 0x9E3779B97F4A7C15L + 1;
    for (int i = 0; i < block.length; i++) {
      value ^= value << 13;
      value ^= value >>> 7;
      value ^= value << 17;
      block[i] = (byte) value;
    }
  }
}
