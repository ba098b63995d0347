package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The most that a drain can reach: one connection that carries memory and nothing else. */
final class BulkTransfer {
  private static final int CHUNK_BYTES = 256 * 1024;
  private static final int ROUNDS = 5;

  private BulkTransfer() {}

  /**
   * Measure it, in MiB a second.
   *
   * @param source where it is sent
   * @param address of the source, at which the destination reaches it
   * @param destination where it is received
   * @param mib what each round carries
   */
  static Samples measure(Workbench source, String address, Workbench destination, int mib)
      throws IOException {
    String each = Integer.toString(mib);
    return FaultBenchmark.pair(
        destination, source.role(Server.class, address, each), Client.class, each);
  }

  private static long roundBytes(String mib) {
    return Long.parseLong(mib) << 20;
  }

  /** Sends: {@code ADDRESS MIB}. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws IOException {
      try (ServerSocketChannel server = LocalTcp.listen(arguments[0]);
          SocketChannel channel = LocalTcp.accept(server)) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (long left = ROUNDS * roundBytes(arguments[1]); left > 0; left -= CHUNK_BYTES) {
          LocalTcp.writeFully(channel, chunk.clear());
        }
      }
    }
  }

  /** Receives, and prints MiB a second for each round but the first: {@code ADDRESS:PORT MIB}. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
      long roundBytes = roundBytes(arguments[1]);
      try (SocketChannel channel = LocalTcp.connect(arguments[0])) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (int round = 0; round < ROUNDS; round++) {
          long start = System.nanoTime();
          for (long left = roundBytes; left > 0; left -= CHUNK_BYTES) {
            LocalTcp.readFully(channel, chunk.clear());
          }
          if (round > 0) {
            Printed.samples((roundBytes >> 20) / ((System.nanoTime() - start) / 1e9));
          }
        }
      }
    }
  }
}
