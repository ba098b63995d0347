package io.github.livemigration.session;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a sender and a receiver, and lets only so many bytes of each connection through
 * towards the receiver. The rest is kept back until {@link #release}.
 */
final class StallingProxy implements AutoCloseable {
  /** A control connection, its plan and an image pass, and a part of the pages. */
  static final long ENOUGH_TO_RESTORE = 24 << 20;

  /** So much memory does not pass, although control, demand and push each have a connection. */
  static final int MORE_MIB_THAN_PASS = 160;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile InetSocketAddress receiver;
  private final long bytesPerConnection;
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  StallingProxy(InetSocketAddress receiver, long bytesPerConnection) throws IOException {
    this.receiver = receiver;
    this.bytesPerConnection = bytesPerConnection;
    start(this::accept, sockets);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Lead new connections to another receiver. */
  void leadTo(InetSocketAddress other) {
    receiver = other;
  }

  /** Let everything through from now on. */
  void release() {
    released.complete(null);
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Do something in a thread of its own; when it fails these sockets are closed. */
  private static void start(Work work, List<Socket> ends) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                ends.forEach(QuietClose::close); // One end is gone, so the other goes too.
              }
            },
            "stalling proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket sender = server.accept();
      sockets.add(sender);
      start(() -> connect(sender), List.of(sender));
    }
  }

  private void connect(Socket sender) throws IOException {
    Socket onward = new Socket(receiver.getAddress(), receiver.getPort());
    List<Socket> ends = List.of(sender, onward);
    sockets.add(onward);
    start(() -> pump(sender.getInputStream(), onward.getOutputStream(), bytesPerConnection), ends);
    start(() -> pump(onward.getInputStream(), sender.getOutputStream(), Long.MAX_VALUE), ends);
  }

  private void pump(InputStream from, OutputStream to, long limit) throws IOException {
    byte[] buffer = new byte[16_384];
    long passed = 0;
    while (true) {
      long most = released.isDone() ? buffer.length : limit - passed;
      if (most == 0) {
        released.join();
        continue;
      }
      int count = from.read(buffer, 0, (int) Math.min(buffer.length, most));
      if (count < 0) {
        throw new EOFException();
      }
      to.write(buffer, 0, count);
      to.flush();
      passed += count;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(QuietClose::close);
    release();
  }
}
