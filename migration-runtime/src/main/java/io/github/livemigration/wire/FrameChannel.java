package io.github.livemigration.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames in both directions over one connection.
 *
 * <p>Every frame is a header of 16 bytes and its payload, big-endian:
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |             type              |           flags (0)           |
 *  +-------------------------------+-------------------------------+
 *  |                     payload length in bytes                   |
 *  +---------------------------------------------------------------+
 *  |       sequence number: 0 for the first frame that one side    |
 *  |                       sends, then 1, 2, 3 ...                 |
 *  +---------------------------------------------------------------+
 *  |                            payload                           ...
 * </pre>
 *
 * <p>The sequence number costs nothing and tells at once when the two sides no longer agree where a
 * frame starts.
 *
 * <p>Senders are serialized, so any thread may send; one thread at a time receives. Nothing is
 * allocated by the methods that take or fill a {@link ByteBuffer}. {@link #close()} may be called
 * by any thread; a thread that is blocked then gets a {@link ConnectionClosedException}. An
 * interrupt closes the connection too, as it does for every channel of {@code java.nio}.
 */
public final class FrameChannel implements Closeable {
  /** Length of a header in bytes. */
  public static final int HEADER_BYTES = FrameHeader.LENGTH_BYTES;

  /** Read together with the header: the answer to most faults, whose copying takes less time. */
  private static final int READ_AHEAD_BYTES = 24 + 4 * 4096;

  private static final int FIRST_PIECE_BYTES = 1 << 20;

  private final Transport transport;
  private final Object sending = new Object();
  private final ByteBuffer sendHeader = ByteBuffer.allocateDirect(HEADER_BYTES);
  private ByteBuffer[] gather = {sendHeader, sendHeader};
  private long sent;

  private final ByteBuffer readAhead =
      ByteBuffer.allocateDirect(HEADER_BYTES + READ_AHEAD_BYTES).limit(0);
  private long received;
  private int payloadRemaining;
  private String awaited = "a frame";
  private Duration timeout = Duration.ZERO;
  private volatile boolean closed;

  private FrameChannel(Transport transport) {
    this.transport = transport;
  }

  /** Take over a connected channel. */
  public static FrameChannel over(SocketChannel channel) throws IOException {
    return new FrameChannel(new SocketTransport(channel));
  }

  /** Take over a connection. */
  public static FrameChannel over(Transport transport) {
    return new FrameChannel(transport);
  }

  /** Returns a channel that is lost, in place of one that is still to come. */
  public static FrameChannel unconnected() {
    return new FrameChannel(new NoTransport());
  }

  /**
   * Connect to a peer.
   *
   * @param timeout bound on connecting alone; {@link Duration#ZERO} to wait as long as the system
   *     does
   * @throws IOException naming the address
   */
  public static FrameChannel connect(SocketAddress address, Duration timeout) throws IOException {
    return connect(address, timeout, Optional.empty());
  }

  /**
   * Connect to a peer.
   *
   * @param timeout bound on connecting alone; {@link Duration#ZERO} to wait as long as the system
   *     does
   * @param keys with them under TLS, without them in the clear
   * @throws IOException naming the address
   */
  public static FrameChannel connect(
      SocketAddress address, Duration timeout, Optional<TlsKeys> keys) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
      return keys.isPresent()
          ? over(new TlsTransport(channel, keys.get(), true, timeout))
          : over(channel);
    } catch (IOException e) {
      try {
        channel.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw new IOException(
          "cannot connect to " + SocketTransport.numeric(address) + ": " + e.getMessage(), e);
    }
  }

  /** The other side, for messages. */
  public String peer() {
    return transport.peer();
  }

  /** Who the other side has proved to be, where it had to. */
  public Optional<PeerIdentity> identity() {
    return transport.identity();
  }

  /**
   * Bound the time that a receiver waits: for the whole header, and then for each piece of the
   * payload.
   *
   * @param timeout {@link Duration#ZERO}, the default, to wait for ever
   */
  public void receiveTimeout(Duration timeout) throws IOException {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout " + timeout + " is negative");
    }
    this.timeout = timeout;
    transport.readTimeout(timeout);
  }

  /** Send a frame without payload. */
  public void send(FrameType type) throws IOException {
    send(type, ByteBuffer.allocate(0));
  }

  /** Send a frame. */
  public void send(FrameType type, byte[] payload) throws IOException {
    send(type, ByteBuffer.wrap(payload));
  }

  /** Send a frame whose payload is what remains of a buffer. */
  public void send(FrameType type, ByteBuffer payload) throws IOException {
    synchronized (sending) {
      gather[1] = payload;
      sendGathered(type, 2);
    }
  }

  /**
   * Send a frame whose payload is what remains of some buffers, in order, without copying direct
   * ones.
   *
   * @param count how many of the buffers
   */
  public void send(FrameType type, ByteBuffer[] parts, int count) throws IOException {
    synchronized (sending) {
      if (gather.length < count + 1) {
        gather = new ByteBuffer[count + 1];
        gather[0] = sendHeader;
      }
      System.arraycopy(parts, 0, gather, 1, count);
      sendGathered(type, count + 1);
    }
  }

  /**
   * Send text, for {@link FrameType#ABORT} and {@link FrameType#ERROR}; what is too long for the
   * type is cut.
   */
  public void sendText(FrameType type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, type.maximumPayloadBytes());
    while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    send(type, Arrays.copyOf(bytes, length));
  }

  private void sendGathered(FrameType type, int count) throws IOException {
    long length = 0;
    for (int i = 1; i < count; i++) {
      length += gather[i].remaining();
    }
    if (length > type.maximumPayloadBytes()) {
      throw WireException.overLimit(
          "frame " + type, "payloadLength", length, type.maximumPayloadBytes());
    }
    FrameHeader.put(sendHeader, type, (int) length, sent);
    sent++;
    try {
      transport.write(gather, 0, count);
    } catch (IOException e) {
      throw lost("sending " + type, e);
    } finally {
      Arrays.fill(gather, 1, count, sendHeader);
    }
  }

  /** Receive the next frame, whatever it is. */
  public Frame receive() throws IOException {
    awaited = "receiving a frame";
    return readFrame(readHeader());
  }

  /**
   * Receive the next frame, which has to be of one type.
   *
   * @throws PeerException when the peer sends {@link FrameType#ERROR} or {@link FrameType#ABORT}
   *     instead
   * @throws WireException when it sends something else, before its payload is read
   */
  public Frame receive(FrameType expected) throws IOException {
    awaited = "receiving " + expected;
    FrameType type = readHeader();
    if (type == expected) {
      return readFrame(type);
    }
    throw unexpected(type, expected);
  }

  /**
   * Receive the header of the next frame; its payload follows by {@link #receivePayload}, to its
   * last byte.
   *
   * @throws PeerException when the peer sends {@link FrameType#ERROR} or {@link FrameType#ABORT}
   *     instead
   * @throws WireException when it sends something else
   */
  public void receiveHeader(FrameType expected) throws IOException {
    awaited = "receiving " + expected;
    FrameType type = readHeader();
    if (type != expected) {
      throw unexpected(type, expected);
    }
  }

  /** Bytes of the current frame's payload that have not been received yet. */
  public int payloadRemaining() {
    return payloadRemaining;
  }

  /**
   * Receive a piece of the current frame's payload.
   *
   * @param into filled up to its limit
   * @throws WireException when the frame has fewer bytes left than that
   */
  public void receivePayload(ByteBuffer into) throws IOException {
    int wanted = into.remaining();
    if (wanted > payloadRemaining) {
      throw new WireException(
          awaited
              + " from "
              + peer()
              + ": payload ends after "
              + payloadRemaining
              + " of "
              + wanted
              + " bytes");
    }
    payloadRemaining -= wanted;
    int fromReadAhead = Math.min(wanted, readAhead.remaining());
    if (fromReadAhead > 0) {
      int limit = readAhead.limit();
      readAhead.limit(readAhead.position() + fromReadAhead);
      into.put(readAhead);
      readAhead.limit(limit);
    }
    while (into.hasRemaining()) {
      readSome(into, false);
    }
  }

  private Frame readFrame(FrameType type) throws IOException {
    // A claimed length costs memory only as far as bytes really come.
    int length = payloadRemaining;
    byte[] payload = new byte[Math.min(length, FIRST_PIECE_BYTES)];
    int filled = 0;
    while (true) {
      receivePayload(ByteBuffer.wrap(payload, filled, payload.length - filled));
      filled = payload.length;
      if (filled == length) {
        return new Frame(type, payload);
      }
      payload = Arrays.copyOf(payload, (int) Math.min(length, 4L * filled));
    }
  }

  private FrameType readHeader() throws IOException {
    if (payloadRemaining > 0) {
      throw new IllegalStateException(payloadRemaining + " bytes of the last payload are unread");
    }
    readAhead.compact();
    if (timeout.isZero()) {
      while (readAhead.position() < HEADER_BYTES) {
        readSome(readAhead, readAhead.position() == 0);
      }
    } else {
      readHeaderBefore(System.nanoTime() + timeout.toNanos());
    }
    readAhead.flip();
    FrameType type = FrameHeader.check(readAhead, received, peer());
    payloadRemaining = FrameHeader.payloadLength(readAhead);
    readAhead.position(readAhead.position() + HEADER_BYTES);
    received++;
    return type;
  }

  private void readHeaderBefore(long deadlineNanos) throws IOException {
    while (readAhead.position() < HEADER_BYTES) {
      long left = Math.max(1, deadlineNanos - System.nanoTime());
      transport.readTimeout(Duration.ofNanos(Math.max(left, TimeUnit.MILLISECONDS.toNanos(1))));
      readSome(readAhead, readAhead.position() == 0);
    }
    transport.readTimeout(timeout);
  }

  private IOException unexpected(FrameType type, FrameType expected) throws IOException {
    if (type == FrameType.ERROR || type == FrameType.ABORT) {
      return new PeerException(peer(), type, readFrame(type).text());
    }
    return new WireException(
        "from " + peer() + ": frame " + type + " where " + expected + " was due");
  }

  private void readSome(ByteBuffer into, boolean betweenFrames) throws IOException {
    int count;
    try {
      count = transport.read(into);
    } catch (SocketTimeoutException e) {
      SocketTimeoutException named =
          new SocketTimeoutException(
              peer()
                  + " was silent for "
                  + timeout.toMillis()
                  + " ms while this side was "
                  + awaited);
      named.initCause(e);
      throw named;
    } catch (IOException e) {
      throw lost(awaited, e);
    }
    if (count < 0) {
      throw new ConnectionClosedException(peer(), awaited, betweenFrames, null);
    }
  }

  private ConnectionClosedException lost(String doing, @Nullable IOException cause) {
    return new ConnectionClosedException(peer(), doing, false, cause);
  }

  /**
   * Read and forget what the peer still sends, until it closes. Closing over bytes that nobody has
   * read resets the connection, and then the last frame that was sent may not be read either.
   *
   * @param patience bound on all of it
   */
  public void drain(Duration patience) throws IOException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    ByteBuffer forgotten = ByteBuffer.allocate(FIRST_PIECE_BYTES);
    int count;
    do {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return;
      }
      transport.readTimeout(Duration.ofNanos(Math.max(left, TimeUnit.MILLISECONDS.toNanos(1))));
      count = transport.read(forgotten.clear());
    } while (count >= 0);
  }

  /** Returns whether {@link #close()} was called on this side. */
  public boolean isClosed() {
    return closed;
  }

  /** Close the connection; harmless when repeated. */
  @Override
  public void close() throws IOException {
    closed = true;
    transport.close();
  }
}
