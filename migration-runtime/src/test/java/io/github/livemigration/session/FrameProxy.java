package io.github.livemigration.session;

import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.WireException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a sender and a receiver, knows frames, and cuts connections at named ones.
 *
 * <p>The sixteen bytes of a frame's header begin with the type, two bytes; at four is the payload's
 * length, four bytes.
 */
final class FrameProxy implements AutoCloseable {
  /** What to do with a frame. */
  enum Verdict {
    /** Pass it on. */
    PASS,
    /** Lose it, and every connection with it. */
    CUT_BEFORE,
    /** Pass it on, then cut every connection. */
    CUT_AFTER,
    /** Lose it, and every connection with it, and turn new ones away until told otherwise. */
    CUT_AND_CLOSE,
    /** Lose it, and cut this connection only. */
    CUT_THIS,
    /** Keep it back, with all that follows on this connection, until the connection is cut. */
    STALL
  }

  /** Decides. */
  interface Rule {
    /**
     * Judge a frame.
     *
     * @param count how many of this type have come, this one included
     */
    Verdict judge(FrameType type, int count);
  }

  private static final int HEADER_BYTES = 16;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Map<FrameType, Integer> counts = new EnumMap<>(FrameType.class);
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile InetSocketAddress receiver;
  private final Rule rule;
  private volatile boolean open = true;

  FrameProxy(InetSocketAddress receiver, Rule rule) throws IOException {
    this.receiver = receiver;
    this.rule = rule;
    start(this::accept);
  }

  /** Returns a rule that cuts once, at the first frame of a type. */
  static Rule once(FrameType at, Verdict verdict) {
    return (type, count) -> type == at && count == 1 ? verdict : Verdict.PASS;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Returns how often connections were cut. */
  int cuts() {
    return cuts.get();
  }

  /** Returns how many connections were turned away. */
  int refused() {
    return refused.get();
  }

  /** Turn new connections away, or take them again. */
  void open(boolean choice) {
    open = choice;
  }

  /** Lead new connections to another receiver. */
  void leadTo(InetSocketAddress other) {
    receiver = other;
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // The connection has ended; whoever runs the work has closed both of its ends.
                Thread.currentThread().setName("frame proxy, ended by " + e);
              }
            },
            "frame proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket sender = server.accept();
      if (!open || !join(sender)) {
        refused.incrementAndGet();
        sender.close();
      }
    }
  }

  private boolean join(Socket sender) throws IOException {
    Socket onward = new Socket();
    try {
      onward.connect(receiver);
    } catch (ConnectException e) {
      return false; // The receiver is not there.
    }
    sender.setTcpNoDelay(true);
    onward.setTcpNoDelay(true);
    sockets.addAll(List.of(sender, onward));
    start(() -> pump(sender, onward));
    start(() -> pump(onward, sender));
    return true;
  }

  private void pump(Socket from, Socket to) throws IOException {
    try {
      DataInputStream in = new DataInputStream(from.getInputStream());
      while (passFrame(in, to.getOutputStream())) {
        // The next one.
      }
    } finally {
      QuietClose.close(from);
      QuietClose.close(to);
    }
  }

  private boolean passFrame(DataInputStream in, OutputStream out) throws IOException {
    byte[] header = in.readNBytes(HEADER_BYTES);
    if (header.length < HEADER_BYTES) {
      return false;
    }
    byte[] payload = in.readNBytes(ByteBuffer.wrap(header).getInt(4));
    switch (judge(ByteBuffer.wrap(header).getShort(0))) {
      case CUT_BEFORE -> cut();
      case CUT_AND_CLOSE -> {
        open(false); // First, or the sender could be back in between.
        cut();
      }
      case CUT_AFTER -> {
        out.write(header);
        out.write(payload);
        out.flush();
        cut();
      }
      case CUT_THIS -> {
        cuts.incrementAndGet();
        return false;
      }
      case STALL -> {
        cuts.incrementAndGet();
        return in.read() >= 0; // Until the other end gives up.
      }
      case PASS -> {
        out.write(header);
        out.write(payload);
        out.flush();
      }
    }
    return true;
  }

  private synchronized Verdict judge(int number) throws WireException {
    FrameType type = FrameType.ofNumber(number);
    return rule.judge(type, counts.merge(type, 1, Integer::sum));
  }

  /** Cut all connections. */
  void cut() {
    cuts.incrementAndGet();
    sockets.forEach(QuietClose::close);
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
