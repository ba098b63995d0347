package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The most that a drain can reach: one connection that carries memory and nothing else. */
final class BulkTransfer {
  private static final int CHUNK_BYTES = 256 * 1024;
  private static final long ROUND_BYTES = 1L << 30;
  private static final int ROUNDS = 5;

  private BulkTransfer() {}

  /** Sends. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws IOException {
      try (ServerSocketChannel server = Loopback.listen();
          SocketChannel channel = Loopback.accept(server)) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (long left = ROUNDS * ROUND_BYTES; left > 0; left -= CHUNK_BYTES) {
          Loopback.writeFully(channel, chunk.clear());
        }
      }
    }
  }

  /** Receives, and prints MiB a second for each round but the first: {@code PORT}. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
      try (SocketChannel channel = Loopback.connect(arguments[0])) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (int round = 0; round < ROUNDS; round++) {
          long start = System.nanoTime();
          for (long left = ROUND_BYTES; left > 0; left -= CHUNK_BYTES) {
            Loopback.readFully(channel, chunk.clear());
          }
          if (round > 0) {
            Printed.samples((ROUND_BYTES >> 20) / ((System.nanoTime() - start) / 1e9));
          }
        }
      }
    }
  }
}
