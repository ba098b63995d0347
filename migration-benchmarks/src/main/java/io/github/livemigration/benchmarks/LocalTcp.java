package io.github.livemigration.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** TCP connections between two JVMs on this host. */
final class LocalTcp {
  /** Before the address that a server prints. */
  static final String LISTENING = "listening on ";

  static final String LOOPBACK = "127.0.0.1";

  private LocalTcp() {}

  static ServerSocketChannel listen() throws IOException {
    return listen(LOOPBACK);
  }

  static ServerSocketChannel listen(String host) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(host, 0));
    int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    System.out.println(LISTENING + host + ":" + port);
    return server;
  }

  static SocketChannel accept(ServerSocketChannel server) throws IOException {
    return prompt(server.accept());
  }

  static SocketChannel connect(String address) throws IOException {
    String[] parts = address.split(":");
    return prompt(SocketChannel.open(new InetSocketAddress(parts[0], Integer.parseInt(parts[1]))));
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
