package io.github.livemigration.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * A TCP connection without protection.
 *
 * <p>Small frames leave at once ({@code TCP_NODELAY}), and a peer whose host has vanished is
 * noticed after about half a minute ({@code SO_KEEPALIVE}).
 *
 * <p>A blocking {@link SocketChannel} knows no read timeout. Without a timeout bytes go straight
 * into the caller's buffer, which is what page connections need; with one they take the way over
 * the channel's socket adaptor.
 */
public final class SocketTransport implements Transport {
  private static final int KEEPALIVE_IDLE_SECONDS = 10;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 5;
  private static final int KEEPALIVE_PROBES = 4;
  private static final int SCRATCH_BYTES = 64 << 10;

  private final SocketChannel channel;
  private final String peer;
  private boolean timed;
  private byte[] scratch = {};

  /**
   * Take over a connected channel, which becomes blocking.
   *
   * @throws IOException when it is not connected or refuses an option
   */
  public SocketTransport(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(true);
    SocketAddress remote = channel.getRemoteAddress();
    if (remote == null) {
      throw new IOException("the channel is not connected");
    }
    this.peer = numeric(remote);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
  }

  /** Returns an address as users write it, without the name that Java puts before it. */
  static String numeric(SocketAddress address) {
    return address.toString().replaceFirst("^[^/]*/", "");
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (!timed) {
      return channel.read(into);
    }
    if (scratch.length == 0) {
      scratch = new byte[SCRATCH_BYTES];
    }
    InputStream stream = channel.socket().getInputStream();
    int count = stream.read(scratch, 0, Math.min(scratch.length, into.remaining()));
    if (count > 0) {
      into.put(scratch, 0, count);
    }
    return count;
  }

  @Override
  public void write(ByteBuffer[] from, int offset, int count) throws IOException {
    ByteBuffer last = from[offset + count - 1];
    if (last.isDirect()) {
      writeAll(from, offset, count);
      return;
    }
    // The channel copies an array into direct memory as long as the whole, which is slow to get.
    int end = last.limit();
    last.limit(Math.min(end, last.position() + SCRATCH_BYTES));
    writeAll(from, offset, count);
    while (last.limit() < end) {
      last.limit(Math.min(end, last.position() + SCRATCH_BYTES));
      writeAll(from, offset + count - 1, 1);
    }
  }

  private void writeAll(ByteBuffer[] from, int offset, int count) throws IOException {
    long left = 0;
    for (int i = offset; i < offset + count; i++) {
      left += from[i].remaining();
    }
    while (left > 0) {
      left -= count == 1 ? channel.write(from[offset]) : channel.write(from, offset, count);
    }
  }

  @Override
  public void readTimeout(Duration timeout) throws IOException {
    timed = !timeout.isZero();
    // 0 means "for ever" to the socket, so anything shorter than a millisecond is one.
    channel
        .socket()
        .setSoTimeout(
            timed ? (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis())) : 0);
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
