package io.github.livemigration.simulation;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** In place of SocketChannel and its Socket: one end of a {@link Link}. */
public final class SimulatedSocket implements Closeable {
  private @Nullable Link link;
  private int side;
  private @Nullable SocketAddress remote;
  private boolean closed;

  private SimulatedSocket() {}

  static SimulatedSocket of(Link link, int side, SocketAddress remote) {
    SimulatedSocket socket = new SimulatedSocket();
    socket.link = link;
    socket.side = side;
    socket.remote = remote;
    return socket;
  }

  /** The same as SocketChannel's. */
  public static SimulatedSocket open() {
    return new SimulatedSocket();
  }

  /** The same as SocketChannel's. */
  public SimulatedSocket socket() {
    return this;
  }

  /** The same as Socket's. */
  public void connect(SocketAddress address, int timeoutMillis) throws IOException {
    Link connected =
        Network.the()
            .connect((InetSocketAddress) address, TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
    connected.use(0);
    link = connected;
    remote = address;
  }

  /** The same as SocketChannel's. */
  public SocketAddress getRemoteAddress() throws IOException {
    if (remote == null) {
      throw new ClosedChannelException();
    }
    return remote;
  }

  private Link link() throws IOException {
    Scheduler.the().requireAlive();
    if (closed || link == null) {
      throw new ClosedChannelException();
    }
    return link;
  }

  /**
   * Read what has come.
   *
   * @param timeoutNanos 0 to wait for ever
   */
  public int read(ByteBuffer into, long timeoutNanos) throws IOException {
    Scheduler scheduler = Scheduler.the();
    long deadline = timeoutNanos == 0 ? Scheduler.FOR_EVER : scheduler.nanoTime() + timeoutNanos;
    while (true) {
      Link open = link();
      int count = open.read(side, into);
      if (count != 0) {
        return count;
      }
      long left = deadline - scheduler.nanoTime();
      if (left <= 0) {
        throw new SocketTimeoutException("Read timed out");
      }
      open.await(side, left);
      if (closed) {
        throw new AsynchronousCloseException();
      }
    }
  }

  /** Write everything. */
  public void write(ByteBuffer[] from, int offset, int count) throws IOException {
    link().write(side, from, offset, count);
    Network.the().written();
  }

  /** The same as SocketChannel's. */
  @Override
  public void close() {
    Scheduler.the().requireAlive();
    if (!closed) {
      closed = true;
      if (link != null) {
        link.close(side);
      }
    }
  }
}
