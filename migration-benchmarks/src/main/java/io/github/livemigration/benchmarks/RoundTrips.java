package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The least that a demand fault can cost: a small question, and one page for an answer. */
final class RoundTrips {
  private static final int QUESTION_BYTES = 32;
  private static final int PAGE_BYTES = 4096;
  private static final int ROUND_TRIPS = 10_000;

  private RoundTrips() {}

  /** Answers until the other side has enough. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws IOException {
      try (ServerSocketChannel server = LocalTcp.listen();
          SocketChannel channel = LocalTcp.accept(server)) {
        ByteBuffer question = ByteBuffer.allocateDirect(QUESTION_BYTES);
        ByteBuffer answer = ByteBuffer.allocateDirect(PAGE_BYTES);
        for (int i = 0; i < 2 * ROUND_TRIPS; i++) {
          LocalTcp.readFully(channel, question.clear());
          LocalTcp.writeFully(channel, answer.clear());
        }
      }
    }
  }

  /** Asks, and prints how long each answer took once both sides are warm: {@code ADDRESS:PORT}. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
      try (SocketChannel channel = LocalTcp.connect(arguments[0])) {
        ByteBuffer question = ByteBuffer.allocateDirect(QUESTION_BYTES);
        ByteBuffer answer = ByteBuffer.allocateDirect(PAGE_BYTES);
        double[] micros = new double[ROUND_TRIPS];
        for (int i = 0; i < 2 * ROUND_TRIPS; i++) {
          long start = System.nanoTime();
          LocalTcp.writeFully(channel, question.clear());
          LocalTcp.readFully(channel, answer.clear());
          micros[i % ROUND_TRIPS] = (System.nanoTime() - start) / 1e3;
        }
        Printed.samples(micros);
      }
    }
  }
}
