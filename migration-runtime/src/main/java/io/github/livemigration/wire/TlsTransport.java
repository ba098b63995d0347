package io.github.livemigration.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * A TCP connection under TLS 1.3, to which both sides have brought a key that the other one trusts.
 *
 * <p>There is no way down: no older version, no side without a key, no connection in the clear.
 *
 * <p>The end is the end of the TCP connection, since saying good-bye first (close_notify) can block
 * on a peer that does not read. Frames have lengths, and a session has last words of its own, so
 * that nobody takes a connection that was cut for one that has come to its end.
 */
public final class TlsTransport implements Transport {
  private static final String[] PROTOCOLS = {"TLSv1.3"};
  private static final int SCRATCH_BYTES = 64 << 10;

  private final SocketTransport below;
  private final SSLSocket socket;
  private final InputStream in;
  private final OutputStream out;
  private final PeerIdentity identity;
  private final byte[] readScratch = new byte[SCRATCH_BYTES];
  private final byte[] writeScratch = new byte[SCRATCH_BYTES];

  /**
   * Take over a connected channel and agree on keys.
   *
   * @param client whether this side has connected
   * @param timeout for each step of the handshake
   * @throws IOException in words that say which side does not accept which
   */
  public TlsTransport(SocketChannel channel, TlsKeys keys, boolean client, Duration timeout)
      throws IOException {
    below = new SocketTransport(channel);
    try {
      socket =
          (SSLSocket)
              keys.context()
                  .getSocketFactory()
                  .createSocket(
                      channel.socket(),
                      channel.socket().getInetAddress().getHostAddress(),
                      channel.socket().getPort(),
                      true);
      socket.setUseClientMode(client);
      socket.setNeedClientAuth(!client);
      socket.setEnabledProtocols(PROTOCOLS);
      below.readTimeout(timeout);
      socket.startHandshake();
      below.readTimeout(Duration.ZERO);
      identity = PeerIdentity.of((X509Certificate) socket.getSession().getPeerCertificates()[0]);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    } catch (IOException e) {
      below.close();
      throw new IOException("no TLS connection with " + below.peer() + ": " + wordsFor(e), e);
    }
  }

  private static String wordsFor(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "its certificate is not trusted here: " + cause.getMessage();
      }
    }
    String words = String.valueOf(e.getMessage());
    if (words.contains("Unsupported or unrecognized SSL message")) {
      return "it may not speak TLS";
    }
    if (words.contains("Empty client certificate chain")) {
      return "it has shown no certificate that is trusted here";
    }
    // A peer in the clear hangs up, with or without a reset, when it finds no frame.
    boolean hungUp = e.getCause() instanceof EOFException;
    return e instanceof SSLException && !hungUp ? words : words + "; it may not speak TLS";
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count;
    try {
      count = in.read(readScratch, 0, Math.min(readScratch.length, into.remaining()));
    } catch (SSLException e) {
      if (e.getCause() instanceof SocketTimeoutException timeout) {
        throw timeout;
      }
      throw e;
    }
    if (count > 0) {
      into.put(readScratch, 0, count);
    }
    return count;
  }

  @Override
  public void write(ByteBuffer[] from, int offset, int count) throws IOException {
    int filled = 0;
    for (int i = offset; i < offset + count; i++) {
      while (from[i].hasRemaining()) {
        int piece = Math.min(from[i].remaining(), writeScratch.length - filled);
        from[i].get(writeScratch, filled, piece);
        filled += piece;
        if (filled == writeScratch.length) {
          out.write(writeScratch, 0, filled);
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      out.write(writeScratch, 0, filled);
    }
  }

  @Override
  public void readTimeout(Duration timeout) throws IOException {
    below.readTimeout(timeout);
  }

  @Override
  public String peer() {
    return below.peer();
  }

  @Override
  public Optional<PeerIdentity> identity() {
    return Optional.of(identity);
  }

  @Override
  public void close() throws IOException {
    below.close();
  }
}
