package io.github.livemigration.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Two ends of a TCP connection inside this process. */
public record Loopback(SocketChannel near, SocketChannel far) implements AutoCloseable {

  /** Connect two sockets on a port of the kernel's choice. */
  public static Loopback connect() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel near = SocketChannel.open(listener.getLocalAddress());
      return new Loopback(near, listener.accept());
    }
  }

  /** Frames on the near end. */
  public FrameChannel nearFrames() throws IOException {
    return FrameChannel.over(near);
  }

  /** Frames on the far end. */
  public FrameChannel farFrames() throws IOException {
    return FrameChannel.over(far);
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }
}
