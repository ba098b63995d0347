package io.github.livemigration.sample;

/** A program with a wrong byte in its memory. */
final class SpoiledHeap {

  private static final long HEAP_BYTES = 512 * 1024;

  private SpoiledHeap() {}

  /** Spoil one byte, and go through all blocks. */
  public static void main(String[] arguments) {
    Worker worker = new Worker("spoiled", HEAP_BYTES);
    worker.block(3)[1000] ^= 1;
    for (int i = 0; i < 8; i++) {
      worker.step();
    }
  }
}
