package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Fetches pages that have to be there before the process runs, over a page connection. */
public final class EarlyPages {
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;
  private static final int QUESTIONS_IN_FLIGHT = 16;

  /** Takes the bytes of pages. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Take pages.
     *
     * @param address as the page map names them
     * @param local where their bytes are in this process
     * @param lengthBytes of the pages
     */
    void write(long address, long local, int lengthBytes);
  }

  private final FrameChannel channel;
  private final PageMap pages;
  private final Sink sink;
  private final RequestLine line;
  private final ByteBuffer header = ByteBuffer.allocateDirect(PageFrames.REPLY_HEADER_BYTES);
  private final NativeBuffer body = PageBuffer.ofThisThread().memory();
  private final NativeBuffer zeros = NativeBuffer.allocate(PAGE_BYTES);

  private EarlyPages(FrameChannel channel, PageMap pages, Sink sink) {
    this.channel = channel;
    this.pages = pages;
    this.sink = sink;
    this.line = new RequestLine(pages, channel, QUESTIONS_IN_FLIGHT);
  }

  /**
   * Fetch all pages of a map.
   *
   * @param channel to a {@link PageServer} that has them; it can be used for others afterwards
   */
  public static void fetch(FrameChannel channel, PageMap pages, Sink sink) throws IOException {
    if (pages.pageCount() > 0) {
      new EarlyPages(channel, pages, sink).fetch();
    }
  }

  private void fetch() throws IOException {
    for (int index = 0; index < pages.pageCount(); ) {
      int count = Math.min(PageFrames.MAXIMUM_PAGES, pages.contiguousFrom(index));
      line.ask(index, count);
      index += count;
    }
    line.flush();
    while (!line.isIdle()) {
      takeAnswer();
      line.answered();
      line.flush();
    }
  }

  private void takeAnswer() throws IOException {
    channel.receiveHeader(FrameType.PAGES);
    long request = line.oldest();
    int count = RequestLine.countOf(request);
    long address = pages.addressOf(RequestLine.indexOf(request));
    header.clear();
    channel.receivePayload(header);
    int bodyBytes = channel.payloadRemaining();
    long zeroMask = PageFrames.checkReply(header, bodyBytes, address, count);
    ByteBuffer bytes = body.bytes();
    bytes.clear().limit(bodyBytes);
    channel.receivePayload(bytes);
    write(address, count, zeroMask);
  }

  /** Zeros are written as well: they may lie over the content of a file. */
  private void write(long address, int count, long zeroMask) {
    long local = body.address();
    int page = 0;
    while (page < count) {
      long place = address + (long) page * PAGE_BYTES;
      if ((zeroMask >>> page & 1) != 0) {
        sink.write(place, zeros.address(), PAGE_BYTES);
        page++;
        continue;
      }
      int length = 0;
      while (page < count && (zeroMask >>> page & 1) == 0) {
        page++;
        length += PAGE_BYTES;
      }
      sink.write(place, local, length);
      local += length;
    }
  }
}
