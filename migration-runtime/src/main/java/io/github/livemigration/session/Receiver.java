package io.github.livemigration.session;

import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.PeerIdentity;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.TlsTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Listens for senders and restores what they bring. Several migrations may be under way at once.
 *
 * <p>Thread-safe. A connection that fails, or does not speak the protocol, ends alone: the receiver
 * goes on listening. Closing the receiver ends the listening; processes that have moved here and
 * have all their pages run on.
 */
public final class Receiver implements AutoCloseable {
  /** More than this many connections at once are turned away: each costs a thread. */
  private static final int MAX_CONNECTIONS = 256;

  private static final int ACCEPT_PAUSE_MILLIS = 100;

  private final ReceiverOptions options;
  private final ReceiverListener listener;
  private final ServerSocketChannel server;
  private final @Nullable ReceiverState state;
  private final Sessions sessions = new Sessions();
  private final AtomicInteger connections = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "migration session");
            thread.setDaemon(true);
            return thread;
          });

  private Receiver(
      ReceiverOptions options,
      ReceiverListener listener,
      ServerSocketChannel server,
      @Nullable ReceiverState state) {
    this.options = options;
    this.listener = listener;
    this.server = server;
    this.state = state;
  }

  /**
   * Bind the address. Senders that connect wait until {@link #open} is called.
   *
   * @throws IOException where the address cannot be bound, or the folder for sessions is not to be
   *     had
   */
  public static Receiver bind(ReceiverOptions options, ReceiverListener listener)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(options.address());
      ReceiverState state =
          options.stateFolder().isPresent()
              ? ReceiverState.open(options.stateFolder().get())
              : null;
      return new Receiver(options, listener, server, state);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Take up the sessions of an earlier receiver, where there is a folder for them, and start to
   * take senders.
   *
   * @throws IOException where that folder cannot be read
   */
  public void open() throws IOException {
    if (state != null) {
      new EarlierSessions(state, sessions, options, listener).takeUp(threads);
    }
    threads.execute(this::accept);
  }

  /** Returns the address that senders connect to. */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        greetInThread(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        listener.rejected("a connection could not be accepted: " + e.getMessage(), e);
        if (!pause()) {
          return;
        }
      }
    }
  }

  private void greetInThread(SocketChannel socket) {
    try {
      threads.execute(() -> handshake(socket));
    } catch (OutOfMemoryError | RejectedExecutionException e) {
      // Also where the host has no process id left for a thread. Others may end, and let it go on.
      listener.rejected("no thread for the connection from " + peerOf(socket) + ": " + e, e);
      QuietClose.close(socket);
    }
  }

  /** A host without descriptors refuses the next connection as well, until some are closed. */
  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(ACCEPT_PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void handshake(SocketChannel socket) {
    FrameChannel channel = null;
    try {
      if (connections.incrementAndGet() > MAX_CONNECTIONS) {
        throw new IOException("more than " + MAX_CONNECTIONS + " connections at once");
      }
      channel = channelOver(socket);
      channel.receiveTimeout(options.timeouts().connect());
      Hello hello = Hello.decode(channel.receive(FrameType.HELLO).payload());
      greet(hello, channel);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      listener.rejected("connection from " + peerOf(socket) + ": " + e.getMessage(), e);
      QuietClose.close(channel == null ? socket : channel);
    } finally {
      connections.decrementAndGet();
    }
  }

  private FrameChannel channelOver(SocketChannel socket) throws IOException {
    return options.keys().isPresent()
        ? FrameChannel.over(
            new TlsTransport(socket, options.keys().get(), false, options.timeouts().connect()))
        : FrameChannel.over(socket);
  }

  private void greet(Hello hello, FrameChannel channel) throws IOException {
    admit(hello, channel);
    switch (hello.role()) {
      case CONTROL -> begin(hello.token(), channel);
      case RESUME -> resume(hello.token(), channel);
      default -> {
        // Post-copy itself tells when an answer is overdue, and reads are quicker without a limit.
        channel.receiveTimeout(Duration.ZERO);
        if (!sessions.offer(hello.token(), hello.role(), channel)) {
          throw unknown(hello, channel);
        }
        channel.send(FrameType.HELLO_REPLY, HelloReply.accepted().encode());
      }
    }
  }

  private void admit(Hello hello, FrameChannel channel) throws IOException {
    if (hello.version() != Hello.PROTOCOL_VERSION) {
      throw rejected(
          channel,
          HelloReply.Status.VERSION_MISMATCH,
          "version %d is spoken here, not %d".formatted(Hello.PROTOCOL_VERSION, hello.version()));
    }
    PeerIdentity sender = channel.identity().orElse(null);
    if (sender != null && !sender.isValidAt(Instant.now())) {
      throw rejected(
          channel,
          HelloReply.Status.REFUSED,
          "the sender's certificate has expired or is not valid yet: " + sender);
    }
    if (sender != null && !options.policy().admits(sender)) {
      throw rejected(
          channel, HelloReply.Status.REFUSED, "the sender is not admitted here: " + sender);
    }
  }

  private static IOException rejected(FrameChannel channel, HelloReply.Status status, String reason)
      throws IOException {
    channel.send(FrameType.HELLO_REPLY, HelloReply.rejected(status, reason).encode());
    return new IOException(reason);
  }

  private void begin(SessionToken token, FrameChannel channel) throws IOException {
    SessionConnections session = sessions.begin(token, channel);
    IncomingMigration incoming;
    try {
      channel.send(FrameType.HELLO_REPLY, HelloReply.accepted().encode());
      // Its threads wait from here on, so nothing may come between this and the call that ends
      // them.
      incoming =
          new IncomingMigration(
              token, session, channel, options, listener, fate -> sessions.end(token, fate));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      sessions.end(token, Fate.ROLLED_BACK);
      throw e;
    }
    incoming.run();
  }

  /** A sender is back: the session's own thread goes on with it, or how it ended is told. */
  private void resume(SessionToken token, FrameChannel channel) throws IOException {
    SessionConnections session = sessions.find(token, channel.identity());
    if (session == null) {
      throw unknown(new Hello(ConnectionRole.RESUME, token), channel);
    }
    channel.send(FrameType.HELLO_REPLY, HelloReply.accepted().encode());
    session.rejoin(channel);
  }

  private static IOException unknown(Hello hello, FrameChannel channel) throws IOException {
    return rejected(
        channel,
        HelloReply.Status.UNKNOWN_SESSION,
        "no session waits for this " + hello.role() + " connection");
  }

  private static String peerOf(SocketChannel socket) {
    try {
      return String.valueOf(socket.getRemoteAddress());
    } catch (IOException e) {
      return "a peer that is gone";
    }
  }

  /**
   * Stop listening. Idempotent. The folder for sessions is given up only where none is under way,
   * as this process goes on with those.
   */
  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdown();
    if (state != null && !sessions.areUnderWay()) {
      state.close();
    }
  }
}
