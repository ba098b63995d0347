package io.github.livemigration.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * A connected stream of bytes in both directions, blocking.
 *
 * <p>One thread may read while another writes. {@link #close()} may be called by any thread and
 * ends both.
 */
public interface Transport extends Closeable {

  /**
   * Read what is there, at least one byte, waiting for it if need be.
   *
   * @param into at least one byte of room
   * @return bytes read, or -1 at the end of the stream
   * @throws java.net.SocketTimeoutException when nothing came within the read timeout
   */
  int read(ByteBuffer into) throws IOException;

  /** Write all bytes of some buffers, in order. */
  void write(ByteBuffer[] from, int offset, int count) throws IOException;

  /**
   * Bound the time that a read waits.
   *
   * @param timeout {@link Duration#ZERO} to wait for ever
   */
  void readTimeout(Duration timeout) throws IOException;

  /** The other side, for messages. */
  String peer();

  /** Who the other side has proved to be, where this transport asks for a proof. */
  default Optional<PeerIdentity> identity() {
    return Optional.empty();
  }
}
