package io.github.livemigration.session;

import io.github.livemigration.image.PageContents;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control connection, in terms of records. */
final class ControlChannel {
  private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);

  private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

  /** More than most messages need besides page contents. */
  private static final int BYTES_WITHOUT_PAGES = 256 * 1024;

  private final FrameChannel channel;

  ControlChannel(FrameChannel channel) {
    this.channel = channel;
  }

  <T extends Record> void send(FrameType type, Class<T> payload, T message) throws IOException {
    channel.send(type, RecordCodec.of(payload).encode(message));
  }

  /**
   * Send a large message.
   *
   * @param contents of pages, which make most of it
   * @param limit a peer that has not taken it by then loses the connection: one that reads nothing
   *     would hold this side up for ever
   */
  <T extends Record> void send(
      FrameType type, Class<T> payload, T message, List<PageContents> contents, Duration limit)
      throws IOException {
    int expectedBytes = BYTES_WITHOUT_PAGES;
    for (PageContents pages : contents) {
      expectedBytes += pages.bytes().length;
    }
    ByteBuffer encoded = RecordCodec.of(payload).encode(message, expectedBytes);
    AtomicBoolean overdue = new AtomicBoolean();
    CompletableFuture<Void> sent = new CompletableFuture<>();
    CompletableFuture<Void> watch =
        sent.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(
                late -> {
                  overdue.set(true);
                  QuietClose.close(channel);
                  return null;
                });
    try {
      channel.send(type, encoded);
    } catch (IOException e) {
      throw overdue.get() ? notTaken(type, limit, e) : e;
    } finally {
      sent.complete(null);
      watch.join(); // Nothing closes the channel any more.
    }
  }

  private static IOException notTaken(FrameType type, Duration limit, IOException cause) {
    return new IOException(
        "the peer has not taken %s within %d ms".formatted(type, limit.toMillis()), cause);
  }

  <T extends Record> T receive(FrameType type, Class<T> payload) throws IOException {
    return RecordCodec.of(payload).decode(channel.receive(type).payload());
  }

  /** Tell the peer why this side gives up; a peer that is gone does not need to know. */
  void tryAbort(String reason) {
    try {
      channel.sendText(FrameType.ABORT, reason);
    } catch (IOException e) {
      LOG.debug("the peer could not be told: {}", reason, e);
    }
  }

  /** Let the peer come to the end of what it sends, so that it reads why this side gave up. */
  void awaitPeerAfterAbort() {
    try {
      channel.drain(ABORT_PATIENCE);
    } catch (IOException e) {
      LOG.debug("the peer did not close", e);
    }
  }

  FrameChannel frames() {
    return channel;
  }
}
