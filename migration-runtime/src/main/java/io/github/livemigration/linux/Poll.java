package io.github.livemigration.linux;

import java.lang.ref.Reference;

/**
 * Waits until one of a fixed set of descriptors is ready. Reusable, one thread at a time; nothing
 * is allocated.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class Poll {
  // struct pollfd: 0 int fd; 4 short events; 6 short revents
  private static final int EVENTS = 4;
  private static final int RESULTS = 6;
  private static final int STRUCT_BYTES = 8;
  private static final short POLLIN = 0x01;
  private static final int POLLERR_HUP_NVAL = 0x08 | 0x10 | 0x20;

  private final NativeBuffer structs;
  private final int count;

  /** Watch descriptors for input; they are known by their index here. */
  public Poll(int... fds) {
    count = fds.length;
    structs = NativeBuffer.allocate(Math.max(1, count * STRUCT_BYTES));
    for (int i = 0; i < count; i++) {
      structs.putInt(i * STRUCT_BYTES, fds[i]);
      structs.putShort(i * STRUCT_BYTES + EVENTS, POLLIN);
    }
  }

  /**
   * Wait.
   *
   * @param timeoutMillis longest time; 0 returns at once, negative waits without end
   * @return whether a descriptor is ready
   */
  public boolean await(int timeoutMillis) {
    long start = timeoutMillis > 0 ? System.nanoTime() : 0;
    int remaining = timeoutMillis;
    int ready;
    while ((ready = poll(remaining)) < 0) {
      if (LibC.errno() != Errno.EINTR) {
        throw LibC.failure("poll(" + count + " descriptors, " + timeoutMillis + " ms)");
      }
      if (timeoutMillis > 0) {
        remaining = (int) Math.max(0, timeoutMillis - (System.nanoTime() - start) / 1_000_000);
      }
    }
    return ready > 0;
  }

  /** Whether a descriptor had something to read at the last {@link #await}. */
  public boolean readable(int index) {
    return (results(index) & POLLIN) != 0;
  }

  /**
   * Whether the other end was closed, or the descriptor is unusable, at the last {@link #await}.
   */
  public boolean hungUp(int index) {
    return (results(index) & POLLERR_HUP_NVAL) != 0;
  }

  private int poll(int timeoutMillis) {
    try {
      return LibC.poll(structs.address(), count, timeoutMillis);
    } finally {
      // The kernel writes its results there, even if nobody is going to read them.
      Reference.reachabilityFence(structs);
    }
  }

  private int results(int index) {
    return structs.getShort(index * STRUCT_BYTES + RESULTS);
  }
}
