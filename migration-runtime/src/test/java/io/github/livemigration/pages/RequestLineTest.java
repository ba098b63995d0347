package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Loopback;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RequestLineTest {
  private static final long START = 0x4000_0000L;

  private final PageMap map = PageMap.of(List.of(new PageRun(START, 10_000)));
  private Loopback loopback;
  private FrameChannel peer;
  private RequestLine line;

  @BeforeEach
  void connect() throws IOException {
    loopback = Loopback.connect();
    peer = loopback.farFrames();
    line = new RequestLine(map, loopback.nearFrames(), 3);
  }

  @AfterEach
  void disconnect() throws IOException {
    loopback.close();
  }

  private void assertThatPeerIsAsked(FrameChannel by, int index, int count) throws IOException {
    ByteBuffer request = ByteBuffer.wrap(by.receive(FrameType.GET_PAGES).payload());
    assertThat(request.getLong(PageFrames.ADDRESS_OFFSET)).isEqualTo(START + index * 4096L);
    assertThat(request.getInt(PageFrames.COUNT_OFFSET)).isEqualTo(count);
  }

  @Test
  void onlySoManyQuestionsAreUnderWay() throws IOException {
    for (int i = 0; i < 500; i++) {
      line.ask(i, 2);
    }
    line.flush();
    assertThat(line.pagesUnderWay()).isEqualTo(1000);

    for (int i = 0; i < 500; i++) {
      assertThatPeerIsAsked(peer, i, 2);
      long oldest = line.oldest();
      assertThat(RequestLine.indexOf(oldest)).isEqualTo(i);
      assertThat(RequestLine.countOf(oldest)).isEqualTo(2);
      line.answered();
      line.flush();
    }
    assertThat(line.isIdle()).isTrue();
    assertThat(line.pagesUnderWay()).isZero();
  }

  @Test
  void answerThatNobodyAskedForIsRefused() {
    line.ask(1, 1);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> line.oldest())
        .withMessageContaining("that nobody asked for");
  }

  @Test
  void whatWasNotAnsweredIsAskedAgainOverAnotherConnection() throws IOException {
    for (int i = 0; i < 5; i++) {
      line.ask(i, 1);
    }
    line.flush();
    line.answered();
    try (Loopback other = Loopback.connect()) {
      FrameChannel otherPeer = other.farFrames();
      line.moveTo(other.nearFrames());
      line.flush();

      assertThatPeerIsAsked(otherPeer, 1, 1);
      assertThatPeerIsAsked(otherPeer, 2, 1);
      assertThatPeerIsAsked(otherPeer, 3, 1);
    }
  }

  @Test
  void connectionThatTakesNoQuestionIsClosedAndTheQuestionIsKept() throws IOException {
    line.ask(1, 1);
    loopback.near().shutdownOutput();

    assertThatExceptionOfType(IOException.class).isThrownBy(line::flush);
    assertThat(line.channel().isClosed()).isTrue();
    try (Loopback other = Loopback.connect()) {
      FrameChannel otherPeer = other.farFrames();
      line.moveTo(other.nearFrames());
      line.flush();
      assertThatPeerIsAsked(otherPeer, 1, 1);
    }
  }

  @Test
  void onlyAQuestionUnderWayIsOverdue() throws IOException {
    assertThat(line.silence(Duration.ofNanos(-1))).isEmpty();
    line.ask(1, 1);
    assertThat(line.silence(Duration.ofNanos(-1))).isEmpty();
    line.flush();
    assertThat(line.silence(Duration.ofNanos(-1))).isPresent();
    assertThat(line.silence(Duration.ofMinutes(1))).isEmpty();
  }
}
