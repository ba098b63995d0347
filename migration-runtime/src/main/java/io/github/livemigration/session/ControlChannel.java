package io.github.livemigration.session;

import io.github.livemigration.image.PageContents;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
   */
  <T extends Record> void send(
      FrameType type, Class<T> payload, T message, List<PageContents> contents) throws IOException {
    int expectedBytes = BYTES_WITHOUT_PAGES;
    for (PageContents pages : contents) {
      expectedBytes += pages.bytes().length;
    }
    channel.send(type, RecordCodec.of(payload).encode(message, expectedBytes));
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
