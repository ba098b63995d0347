package io.github.livemigration.session;

import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a sender and a receiver, and lets a test do with each frame what it likes. */
final class FrameRelay implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What becomes of frames that go one way. */
  interface Passing {
    /**
     * Pass a frame on, or others instead of it.
     *
     * @param from where it came from; further frames may be taken from there
     * @param to where it is meant to go
     */
    void pass(Frame frame, FrameChannel from, FrameChannel to) throws IOException;
  }

  private final ServerSocketChannel server =
      ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final List<FrameChannel> channels = new CopyOnWriteArrayList<>();
  private final InetSocketAddress receiver;
  private final Passing toReceiver;
  private final Passing toSender;

  FrameRelay(InetSocketAddress receiver, Passing toReceiver, Passing toSender) throws IOException {
    this.receiver = receiver;
    this.toReceiver = toReceiver;
    this.toSender = toSender;
    start(this::accept);
  }

  /** The way that changes nothing. */
  static void asItIs(Frame frame, FrameChannel from, FrameChannel to) throws IOException {
    to.send(frame.type(), frame.payload());
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
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
                // One end is gone; so is the other then.
              }
            },
            "frame relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      FrameChannel sender = FrameChannel.over(server.accept());
      FrameChannel onward = FrameChannel.connect(receiver, PATIENCE);
      channels.addAll(List.of(sender, onward));
      start(() -> passAll(sender, onward, toReceiver));
      start(() -> passAll(onward, sender, toSender));
    }
  }

  private static void passAll(FrameChannel from, FrameChannel to, Passing passing)
      throws IOException {
    try (from;
        to) {
      while (true) {
        passing.pass(from.receive(), from, to);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (FrameChannel channel : channels) {
      channel.close();
    }
  }
}
