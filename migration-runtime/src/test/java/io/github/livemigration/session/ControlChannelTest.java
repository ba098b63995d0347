package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ControlChannelTest {
  /** Together more than both sockets hold. */
  private static final List<PageContents> PAGES =
      List.of(
          new PageContents(1 << 28, new byte[16 << 20], true),
          new PageContents(1 << 30, new byte[16 << 20], true));

  /**
   * The kernel keeps what was sent, and tells nobody that it is not read; a target stands still.
   */
  @Test
  @Timeout(120)
  void peerThatReadsNothingLosesTheConnection() throws Exception {
    MemoryContents contents =
        new MemoryContents(List.of(), List.of(), List.of(), List.of(), PAGES, List.of());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel deaf = ServerSocketChannel.open().bind(any);
        FrameChannel channel =
            FrameChannel.connect(
                (InetSocketAddress) deaf.getLocalAddress(), Duration.ofSeconds(10))) {
      ControlChannel control = new ControlChannel(channel);

      assertThatIOException()
          .isThrownBy(
              () ->
                  control.send(
                      FrameType.CONTENTS,
                      MemoryContents.class,
                      contents,
                      PAGES,
                      Duration.ofMillis(100)))
          .withMessage("the peer has not taken CONTENTS within 100 ms");
      assertThat(channel.isClosed()).isTrue();
    }
  }
}
