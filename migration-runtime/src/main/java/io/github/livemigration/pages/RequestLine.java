package io.github.livemigration.pages;

import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Asks for pages over one connection and remembers in which order, since answers come in the order
 * of the questions.
 *
 * <p>Only so many questions are under way at a time; the others wait here. So a sender is never
 * blocked by a full socket, and any thread may ask, also one that is needed to read the answers.
 * Thread-safe; one thread reads answers. Nothing is allocated for a question.
 */
final class RequestLine {
  private static final int FIRST_CAPACITY = 64;

  private final PageMap pages;
  private final int maximumInFlight;
  private final ByteBuffer frame = ByteBuffer.allocateDirect(PageFrames.REQUEST_BYTES);

  private FrameChannel channel;
  private long[] ring = new long[FIRST_CAPACITY];
  private int head;
  private int size;
  private int sent;
  private int pageCount;
  private long headSinceNanos;

  RequestLine(PageMap pages, FrameChannel channel, int maximumInFlight) {
    this.pages = pages;
    this.channel = channel;
    this.maximumInFlight = maximumInFlight;
  }

  synchronized FrameChannel channel() {
    return channel;
  }

  /**
   * Queue a question; {@link #flush} sends it.
   *
   * @param index of the first page
   * @param count number of neighbouring pages
   */
  synchronized void ask(int index, int count) {
    if (size == ring.length) {
      long[] larger = new long[2 * size];
      for (int i = 0; i < size; i++) {
        larger[i] = ring[(head + i) % size];
      }
      ring = larger;
      head = 0;
    }
    ring[(head + size) % ring.length] = (long) index << Integer.SIZE | count;
    size++;
    pageCount += count;
  }

  /**
   * Send the questions that may be under way and are not.
   *
   * @throws IOException when that fails; the connection is closed, so that whoever waits for
   *     answers there notices it too
   */
  synchronized void flush() throws IOException {
    try {
      send();
    } catch (IOException e) {
      try {
        channel.close();
      } catch (IOException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
  }

  private void send() throws IOException {
    while (sent < size && sent < maximumInFlight) {
      long request = ring[(head + sent) % ring.length];
      if (sent == 0) {
        headSinceNanos = System.nanoTime();
      }
      sent++;
      PageFrames.putRequest(frame, pages.addressOf(indexOf(request)), countOf(request));
      channel.send(FrameType.GET_PAGES, frame);
    }
  }

  /**
   * Returns the oldest question, for {@link #indexOf} and {@link #countOf}.
   *
   * @throws WireException when there is none: the peer answers what nobody asked
   */
  synchronized long oldest() throws WireException {
    if (sent == 0) {
      throw new WireException("PAGES from " + channel.peer() + " that nobody asked for");
    }
    return ring[head];
  }

  static int indexOf(long request) {
    return (int) (request >>> Integer.SIZE);
  }

  static int countOf(long request) {
    return (int) request;
  }

  /** Forget the oldest question, which has been answered. */
  synchronized void answered() {
    pageCount -= countOf(ring[head]);
    head = (head + 1) % ring.length;
    size--;
    sent--;
    headSinceNanos = System.nanoTime();
  }

  /** Pages that were asked for and have not been answered. */
  synchronized int pagesUnderWay() {
    return pageCount;
  }

  synchronized boolean isIdle() {
    return size == 0;
  }

  /** Returns why the connection counts as lost, where a question waits and nothing has come. */
  synchronized Optional<IOException> silence(Duration limit) {
    if (sent == 0 || System.nanoTime() - headSinceNanos <= limit.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new SocketTimeoutException(
            "%s has not answered for %d ms".formatted(channel.peer(), limit.toMillis())));
  }

  /** Go on over another connection: whatever was not answered is asked again. */
  synchronized void moveTo(FrameChannel newChannel) {
    channel = newChannel;
    sent = 0;
  }

  @Override
  public synchronized String toString() {
    return size
        + " questions, "
        + sent
        + " of them sent: "
        + Arrays.toString(Arrays.copyOf(ring, Math.min(size, FIRST_CAPACITY)));
  }
}
