package io.github.livemigration.pages;

import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.wire.ConnectionClosedException;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the questions for pages that come over one connection, one after the other, until the
 * peer closes it.
 *
 * <p>It keeps no state: what is still needed, and in which order, is for the receiver to know. Only
 * pages of the map are given away; a question for anything else is answered with {@link
 * FrameType#ERROR} and ends the connection. Where memory cannot be read it is {@link
 * FrameType#ABORT}: who asks again, over another connection, may be answered. Nothing is allocated
 * for an answer.
 *
 * <p>{@link #run()} belongs to one thread, which may be blocked for as long as the peer wants
 * nothing; the other methods are callable from any thread.
 */
public final class PageServer implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  private final FrameChannel channel;
  private final PageMap pages;
  private final PageSource source;
  private final Runnable answered;

  private final ByteBuffer request = ByteBuffer.allocateDirect(PageFrames.REQUEST_BYTES);
  private final ByteBuffer replyHeader = ByteBuffer.allocateDirect(PageFrames.REPLY_HEADER_BYTES);
  private final ByteBuffer[] parts = new ByteBuffer[1 + PageFrames.MAXIMUM_PAGES];

  private volatile PageServerStatistics statistics = PageServerStatistics.NONE;
  private volatile @Nullable IOException failure;

  // Written by the serving thread alone; published in batches, since a snapshot is an object.
  private long requestCount;
  private long pageCount;
  private long zeroCount;
  private long byteCount;

  /**
   * Prepare to serve.
   *
   * @param channel to serve, from now on closed by this object
   * @param pages that may be given away
   * @param source where they are read from; stays open
   */
  public PageServer(FrameChannel channel, PageMap pages, PageSource source) {
    this(channel, pages, source, () -> {});
  }

  /**
   * Prepare to serve, and to do something between answers.
   *
   * @param answered called by {@link #run()} after each answer
   */
  public PageServer(FrameChannel channel, PageMap pages, PageSource source, Runnable answered) {
    this.channel = channel;
    this.pages = pages;
    this.source = source;
    this.answered = answered;
  }

  /** Serve until the peer closes the connection, it breaks, or {@link #close()} is called. */
  @Override
  public void run() {
    PageBuffer buffer = PageBuffer.ofThisThread();
    try {
      while (true) {
        serveOne(buffer);
      }
    } catch (ConnectionClosedException e) {
      if (!e.clean() && !channel.isClosed()) {
        failure = e;
      }
    } catch (WireException e) {
      end(FrameType.ERROR, e);
    } catch (IOException e) {
      failure = e;
    } catch (SystemCallException e) {
      end(FrameType.ABORT, new IOException("a page cannot be read: " + e.getMessage(), e));
    } finally {
      publish();
      closeQuietly();
    }
  }

  private void serveOne(PageBuffer buffer) throws IOException {
    channel.receiveHeader(FrameType.GET_PAGES);
    if (channel.payloadRemaining() != PageFrames.REQUEST_BYTES) {
      throw new WireException(
          "GET_PAGES: payload of "
              + channel.payloadRemaining()
              + " bytes instead of "
              + PageFrames.REQUEST_BYTES);
    }
    request.clear();
    channel.receivePayload(request);
    int count = PageFrames.checkRequest(request, pages);
    long address = request.getLong(PageFrames.ADDRESS_OFFSET);
    source.read(address, count, buffer.memory());
    long zeroMask = buffer.zeroMask(count);
    PageFrames.putReply(replyHeader, address, count, zeroMask);
    parts[0] = replyHeader;
    channel.send(FrameType.PAGES, parts, 1 + buffer.gather(count, zeroMask, parts));
    count(count, zeroMask);
    answered.run();
  }

  private void count(int count, long zeroMask) {
    int zeros = Long.bitCount(zeroMask);
    requestCount++;
    pageCount += count;
    zeroCount += zeros;
    byteCount += (long) (count - zeros) * PAGE_BYTES;
    if (requestCount % 64 == 0) {
      publish();
    }
  }

  private void publish() {
    statistics = new PageServerStatistics(requestCount, pageCount, zeroCount, byteCount);
  }

  private void end(FrameType type, IOException reason) {
    failure = reason;
    try {
      channel.sendText(type, String.valueOf(reason.getMessage()));
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void closeQuietly() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing the page connection to {}", channel.peer(), e);
    }
  }

  /** Why serving ended, unless the peer or {@link #close()} ended it. */
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * What was answered; exact when {@link #run()} has returned, at most 63 requests behind before.
   */
  public PageServerStatistics statistics() {
    return statistics;
  }

  /** End serving; harmless when repeated. */
  @Override
  public void close() {
    closeQuietly();
  }
}
