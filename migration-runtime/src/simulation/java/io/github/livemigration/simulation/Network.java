package io.github.livemigration.simulation;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** All connections, and what can happen to them. */
public final class Network {
  private static final Network THE = new Network();
  private static final long ROUND_TRIP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** What keepalive takes to find out that nobody is there. */
  private static final long KEEPALIVE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<InetSocketAddress, SimulatedServerSocket> listening = new HashMap<>();
  private final List<Link> links = new ArrayList<>();
  private long silentUntil;
  private long refusedUntil;
  private Runnable onWrite = () -> {};

  private Network() {}

  /** Returns the only one. */
  public static Network the() {
    return THE;
  }

  /** Have something done after each write. */
  void onWrite(Runnable action) {
    onWrite = action;
  }

  void written() {
    onWrite.run();
  }

  void listen(InetSocketAddress address, SimulatedServerSocket server) throws IOException {
    if (listening.putIfAbsent(address, server) != null) {
      throw new BindException("Address already in use");
    }
  }

  Link connect(InetSocketAddress address, long timeoutNanos) throws IOException {
    Scheduler scheduler = Scheduler.the();
    long deadline = scheduler.nanoTime() + timeoutNanos;
    scheduler.sleep(ROUND_TRIP_NANOS);
    if (silentUntil > scheduler.nanoTime()) {
      scheduler.sleep(Math.min(silentUntil, deadline) - scheduler.nanoTime());
      if (silentUntil > scheduler.nanoTime()) {
        throw new SocketTimeoutException("Connect timed out");
      }
    }
    SimulatedServerSocket server = listening.get(address);
    if (server == null || refusedUntil > scheduler.nanoTime()) {
      throw new ConnectException("Connection refused");
    }
    links.removeIf(Link::isOver);
    Link link = new Link();
    links.add(link);
    server.offer(link);
    return link;
  }

  /** Returns from when on bytes that leave now are on their way. */
  long passableFrom() {
    return Math.max(silentUntil, Scheduler.the().nanoTime());
  }

  /** Cut one connection. */
  void cutOne() {
    if (!links.isEmpty()) {
      cut(links.get(Scheduler.the().random().nextInt(links.size())));
    }
  }

  /** Cut all connections, and let nobody connect for some time. */
  void cutAll(long nanos) {
    refusedUntil = Math.max(refusedUntil, Scheduler.the().nanoTime() + nanos);
    List.copyOf(links).forEach(this::cut);
  }

  /** One end, or both, may hear of it much later. */
  private void cut(Link link) {
    Random random = Scheduler.the().random();
    long now = Scheduler.the().nanoTime();
    long[] noticed = {now, now};
    if (random.nextInt(4) == 0) {
      noticed[random.nextInt(2)] += (long) (random.nextDouble() * KEEPALIVE_NANOS);
    } else {
      noticed[random.nextInt(2)] += random.nextInt((int) TimeUnit.MILLISECONDS.toNanos(50));
    }
    link.cut(noticed);
    links.remove(link);
  }

  /** Nothing passes for some time; what is on the way passes after that, if it does not last. */
  void silence(long nanos) {
    long now = Scheduler.the().nanoTime();
    silentUntil = Math.max(silentUntil, now + nanos);
    if (nanos > KEEPALIVE_NANOS) {
      for (Link link : List.copyOf(links)) {
        link.cut(now + KEEPALIVE_NANOS, now + KEEPALIVE_NANOS);
      }
      links.clear();
    } else {
      links.forEach(link -> link.delayUntil(silentUntil));
    }
  }

  /** A program has ended: its kernel closes what it had. */
  void ended(Program program) {
    long now = Scheduler.the().nanoTime();
    for (Link link : List.copyOf(links)) {
      if (link.isOf(program)) {
        link.cut(now, now);
        links.remove(link);
      }
    }
  }

  /** Free an address. */
  public void unlisten(InetSocketAddress address) {
    listening.remove(address);
  }
}
