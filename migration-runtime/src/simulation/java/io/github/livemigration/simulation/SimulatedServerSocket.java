package io.github.livemigration.simulation;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** In place of ServerSocketChannel. */
public final class SimulatedServerSocket implements Closeable {
  private final Deque<Link> waiting = new ArrayDeque<>();
  private final Bell bell = new Bell();
  private @Nullable InetSocketAddress address;
  private boolean closed;

  private SimulatedServerSocket() {}

  /** The same as ServerSocketChannel's. */
  public static SimulatedServerSocket open() {
    return new SimulatedServerSocket();
  }

  /** The same as ServerSocketChannel's. */
  public SimulatedServerSocket bind(SocketAddress choice) throws IOException {
    address = (InetSocketAddress) choice;
    Network.the().listen(address, this);
    return this;
  }

  /** The same as ServerSocketChannel's. */
  public @Nullable SocketAddress getLocalAddress() {
    return address;
  }

  /** The same as ServerSocketChannel's. */
  public boolean isOpen() {
    return !closed;
  }

  void offer(Link link) {
    waiting.add(link);
    bell.ring();
  }

  /** The same as ServerSocketChannel's. */
  public SimulatedSocket accept() throws IOException {
    while (waiting.isEmpty()) {
      if (closed) {
        throw new AsynchronousCloseException();
      }
      bell.await(Scheduler.FOR_EVER);
    }
    Link link = waiting.remove();
    link.use(1);
    return SimulatedSocket.of(link, 1, new InetSocketAddress("127.0.0.1", 1));
  }

  /** The same as ServerSocketChannel's. */
  @Override
  public void close() {
    closed = true;
    bell.ring();
  }
}
