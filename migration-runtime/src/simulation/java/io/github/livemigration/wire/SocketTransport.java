package io.github.livemigration.wire;

import io.github.livemigration.simulation.SimulatedSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/** In place of the one over TCP. */
public final class SocketTransport implements Transport {
  private final SimulatedSocket socket;
  private final String peer;
  private long timeoutNanos;

  /** Take over a connection. */
  public SocketTransport(SimulatedSocket socket) throws IOException {
    this.socket = socket;
    this.peer = numeric(socket.getRemoteAddress());
  }

  static String numeric(SocketAddress address) {
    return address.toString().replaceFirst("^[^/]*/", "");
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return socket.read(into, timeoutNanos);
  }

  @Override
  public void write(ByteBuffer[] from, int offset, int count) throws IOException {
    socket.write(from, offset, count);
  }

  @Override
  public void readTimeout(Duration timeout) {
    timeoutNanos = timeout.toNanos();
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
