package io.github.livemigration.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection. What is written arrives in order, some time later; after a cut nothing arrives
 * any more, and each end notices for itself, perhaps much later.
 */
final class Link {
  private static final long LONGEST_LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final byte[] END = {};

  private record Chunk(long nanos, byte[] bytes, int offset) {}

  /** What is on the way to one end. */
  private static final class Direction {
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private final Bell bell = new Bell();
    private long latestNanos;
    private long brokenNanos = Scheduler.FOR_EVER;
  }

  private final Direction[] towards = {new Direction(), new Direction()};
  private final Program[] programs = new Program[2];
  private boolean cut;

  /** The program of one end takes it. */
  void use(int side) {
    programs[side] = Program.current();
  }

  boolean isOf(Program program) {
    return programs[0] == program || programs[1] == program;
  }

  /** Returns bytes read, 0 where nothing is there yet, -1 at the end. */
  int read(int side, ByteBuffer into) throws IOException {
    Direction direction = towards[side];
    long now = Scheduler.the().nanoTime();
    Chunk chunk = direction.chunks.peek();
    if (chunk != null && chunk.nanos() <= now) {
      if (chunk.bytes() == END) {
        return -1;
      }
      direction.chunks.remove();
      int count = Math.min(into.remaining(), chunk.bytes().length - chunk.offset());
      into.put(chunk.bytes(), chunk.offset(), count);
      if (chunk.offset() + count < chunk.bytes().length) {
        direction.chunks.addFirst(new Chunk(chunk.nanos(), chunk.bytes(), chunk.offset() + count));
      }
      return count;
    }
    if (direction.brokenNanos <= now) {
      throw new IOException("Connection reset by peer");
    }
    return 0;
  }

  /** Wait until there may be something to read. */
  void await(int side, long nanos) {
    Direction direction = towards[side];
    long now = Scheduler.the().nanoTime();
    Chunk chunk = direction.chunks.peek();
    long next = Math.min(chunk == null ? Scheduler.FOR_EVER : chunk.nanos(), direction.brokenNanos);
    direction.bell.await(Math.max(1, Math.min(nanos, next - now)));
  }

  void write(int side, ByteBuffer[] from, int offset, int count) throws IOException {
    if (towards[side].brokenNanos <= Scheduler.the().nanoTime()) {
      throw new IOException("Broken pipe");
    }
    int length = 0;
    for (int i = offset; i < offset + count; i++) {
      length += from[i].remaining();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = offset; i < offset + count; i++) {
      bytes.put(from[i]);
    }
    send(1 - side, bytes.array());
  }

  void close(int side) {
    send(1 - side, END);
    towards[side].bell.ring();
  }

  private void send(int side, byte[] bytes) {
    if (cut) {
      return;
    }
    Direction direction = towards[side];
    Scheduler scheduler = Scheduler.the();
    long arrival =
        Network.the().passableFrom() + scheduler.random().nextInt((int) LONGEST_LATENCY_NANOS);
    direction.latestNanos = Math.max(direction.latestNanos, arrival);
    direction.chunks.add(new Chunk(direction.latestNanos, bytes, 0));
    direction.bell.ring();
  }

  /** Keep back what is on the way. */
  void delayUntil(long nanos) {
    for (Direction direction : towards) {
      Deque<Chunk> delayed = new ArrayDeque<>();
      long now = Scheduler.the().nanoTime();
      for (Chunk chunk : direction.chunks) {
        delayed.add(
            chunk.nanos() <= now
                ? chunk
                : new Chunk(Math.max(nanos, chunk.nanos()), chunk.bytes(), chunk.offset()));
      }
      direction.chunks.clear();
      direction.chunks.addAll(delayed);
      direction.latestNanos = Math.max(direction.latestNanos, nanos);
    }
  }

  /**
   * Lose what is on the way and all that follows.
   *
   * @param nanos when each end notices
   */
  void cut(long... nanos) {
    if (cut) {
      return;
    }
    cut = true;
    long now = Scheduler.the().nanoTime();
    for (int side = 0; side < towards.length; side++) {
      Direction direction = towards[side];
      direction.chunks.removeIf(chunk -> chunk.nanos() > now);
      direction.brokenNanos = nanos[side];
      direction.bell.ring();
    }
  }

  boolean isOver() {
    long now = Scheduler.the().nanoTime();
    return towards[0].brokenNanos <= now && towards[1].brokenNanos <= now;
  }
}
