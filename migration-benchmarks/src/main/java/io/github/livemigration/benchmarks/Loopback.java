package io.github.livemigration.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** TCP connections between two JVMs on this host. */
final class Loopback {
  /** Before the number of the port that a server prints. */
  static final String LISTENING = "port ";

  private Loopback() {}

  static ServerSocketChannel listen() throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    System.out.println(LISTENING + ((InetSocketAddress) server.getLocalAddress()).getPort());
    return server;
  }

  static SocketChannel accept(ServerSocketChannel server) throws IOException {
    return prompt(server.accept());
  }

  static SocketChannel connect(String port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return prompt(SocketChannel.open(new InetSocketAddress(loopback, Integer.parseInt(port))));
  }

  private static SocketChannel prompt(SocketChannel channel) throws IOException {
    return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  static void readFully(SocketChannel channel, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw new EOFException("the other side closed the connection");
      }
    }
  }

  static void writeFully(SocketChannel channel, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      channel.write(from);
    }
  }
}
