package io.github.livemigration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class FrameChannelTest {
  private Loopback loopback;
  private FrameChannel near;

  @BeforeEach
  void connect() throws IOException {
    loopback = Loopback.connect();
    near = loopback.nearFrames();
  }

  @AfterEach
  void disconnect() throws IOException {
    loopback.close();
  }

  @Test
  void frameArrivesAsItWasSent() throws IOException {
    FrameChannel far = loopback.farFrames();
    byte[] payload = {1, 2, 3};
    near.send(FrameType.IMAGE, payload);
    near.send(FrameType.COMMIT);

    Frame first = far.receive();
    assertThat(first.type()).isEqualTo(FrameType.IMAGE);
    assertThat(first.payload()).isEqualTo(payload);
    assertThat(far.receive(FrameType.COMMIT).payload()).isEmpty();
  }

  @Test
  void headerIsTheDocumentedSixteenBytes() throws IOException {
    near.send(FrameType.COMMIT);
    near.send(FrameType.ABORT, new byte[] {7});

    assertThat(readRaw(33))
        .isEqualTo(
            new byte[] {
              0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
              0, 0, 0, 1, 7
            });
  }

  @Test
  void framesOfAllLengthsFollowEachOther() throws Exception {
    FrameChannel far = loopback.farFrames();
    byte[] content = new byte[3_000_000];
    new Random(1).nextBytes(content);
    int[] lengths = {
      0, 1, 7, 8, 23, 24, 25, 39, 40, 41, 5000, 1 << 20, (1 << 20) + 1, 3_000_000, 0, 3
    };
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              for (int length : lengths) {
                send(FrameType.IMAGE, Arrays.copyOf(content, length));
              }
            });

    for (int length : lengths) {
      assertThat(far.receive(FrameType.IMAGE).payload()).isEqualTo(Arrays.copyOf(content, length));
    }
    sender.get();
  }

  @Test
  void payloadIsGatheredFromSeveralBuffersAndReceivedInPieces() throws IOException {
    FrameChannel far = loopback.farFrames();
    ByteBuffer[] parts = {
      ByteBuffer.wrap("one ".getBytes(StandardCharsets.US_ASCII)),
      ByteBuffer.allocateDirect(0),
      ByteBuffer.wrap("two three ignored".getBytes(StandardCharsets.US_ASCII)).limit(9),
    };
    near.send(FrameType.PAGES, parts, 3);

    far.receiveHeader(FrameType.PAGES);
    assertThat(far.payloadRemaining()).isEqualTo(13);
    ByteBuffer first = ByteBuffer.allocateDirect(4);
    ByteBuffer second = ByteBuffer.allocate(9);
    far.receivePayload(first);
    far.receivePayload(second);
    assertThat(far.payloadRemaining()).isZero();
    assertThat(StandardCharsets.US_ASCII.decode(first.flip()).toString()).isEqualTo("one ");
    assertThat(new String(second.array(), StandardCharsets.US_ASCII)).isEqualTo("two three");
  }

  @Test
  void moreThanThePayloadCannotBeReceived() throws IOException {
    FrameChannel far = loopback.farFrames();
    near.send(FrameType.GET_PAGES, new byte[16]);
    far.receiveHeader(FrameType.GET_PAGES);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> far.receivePayload(ByteBuffer.allocate(17)))
        .withMessageContaining("payload ends after 16 of 17 bytes");
  }

  @Test
  void peerThatSpeaksAnotherProtocolIsNamed() throws IOException {
    writeRaw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.receive(FrameType.HELLO))
        .withMessageContaining("is not a migration peer: it sent \"GET / HTTP/1.1");
  }

  @Test
  void unknownTypeIsNamed() throws IOException {
    writeRaw(header(1, 0, 0, 0));
    writeRaw(header(99, 0, 0, 1));
    near.receive();

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.receive())
        .withMessageContaining("unknown frame type 99, this version knows 1 to 18");
  }

  @Test
  void flagsOfALaterVersionAreRefused() throws IOException {
    writeRaw(header(FrameType.COMMIT.number(), 0, 0, 0));
    writeRaw(header(FrameType.COMMIT.number(), 4, 0, 1));
    near.receive();

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.receive())
        .withMessageContaining("frame COMMIT: flags 4 are not 0");
  }

  @Test
  void lostFrameShowsInTheSequenceNumber() throws IOException {
    writeRaw(header(FrameType.COMMIT.number(), 0, 0, 0));
    writeRaw(header(FrameType.COMMIT.number(), 0, 0, 2));
    near.receive();

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.receive())
        .withMessageContaining("frame COMMIT: sequence number 2 instead of 1");
  }

  @Test
  void lengthIsCheckedBeforeMemoryIsTaken() throws IOException {
    for (FrameType type : FrameType.values()) {
      try (Loopback pair = Loopback.connect()) {
        FrameChannel frames = pair.nearFrames();
        pair.far().write(ByteBuffer.wrap(header(type.number(), 0, 0xffff_ffff, 0)));

        assertThatExceptionOfType(WireException.class)
            .isThrownBy(() -> frames.receive(type))
            .withMessageContaining("frame " + type + " from ")
            .withMessageContaining(
                "payloadLength 4294967295 exceeds the limit " + type.maximumPayloadBytes());
      }
    }
  }

  @Test
  void lengthIsCheckedBeforeSending() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.send(FrameType.GET_PAGES, new byte[17]))
        .withMessage("frame GET_PAGES: payloadLength 17 exceeds the limit 16");
  }

  @Test
  void frameThatWasNotDueIsRefusedBeforeItsPayloadIsRead() throws IOException {
    writeRaw(header(FrameType.IMAGE.number(), 0, 1 << 26, 0));

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> near.receive(FrameType.HELLO))
        .withMessageContaining("frame IMAGE where HELLO was due");
  }

  @Test
  void reasonOfThePeerArrives() throws IOException {
    FrameChannel far = loopback.farFrames();
    far.sendText(FrameType.ABORT, "the target has ended — sorry");

    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(() -> near.receive(FrameType.PREPARED))
        .withMessageEndingWith("gave up: the target has ended — sorry")
        .satisfies(e -> assertThat(e.type()).isEqualTo(FrameType.ABORT));
  }

  @Test
  void reasonArrivesThoughMuchWasStillOnItsWay() throws Exception {
    FrameChannel far = loopback.farFrames();
    far.sendText(FrameType.ABORT, "not here");
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(
            () -> {
              try (far) {
                far.drain(Duration.ofSeconds(20));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    near.send(FrameType.CONTENTS, new byte[32 << 20]);

    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(() -> near.receive(FrameType.RESTORED))
        .withMessageEndingWith("gave up: not here");
    near.close();
    closing.get();
  }

  @Test
  void patienceWithAPeerThatDoesNotCloseEnds() throws IOException {
    FrameChannel far = loopback.farFrames();

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> far.drain(Duration.ofMillis(20)));
  }

  @Test
  void textThatIsTooLongIsCutBetweenCharacters() throws IOException {
    FrameChannel far = loopback.farFrames();
    far.sendText(FrameType.ERROR, "x" + "é".repeat(40_000));

    assertThat(near.receive(FrameType.ERROR).text()).isEqualTo("x" + "é".repeat(32_767));
  }

  @Test
  void endBetweenFramesIsClean() throws IOException {
    loopback.far().close();

    assertThatExceptionOfType(ConnectionClosedException.class)
        .isThrownBy(() -> near.receive(FrameType.RESUMED))
        .withMessageContaining("closed the connection while this side was receiving RESUMED")
        .satisfies(e -> assertThat(e.clean()).isTrue())
        .satisfies(e -> assertThat(e.peer()).isEqualTo(near.peer()));
  }

  @Test
  void endInsideOfAFrameIsNotClean() throws IOException {
    writeRaw(Arrays.copyOf(header(FrameType.COMMIT.number(), 0, 0, 0), 9));
    loopback.far().close();

    assertThatExceptionOfType(ConnectionClosedException.class)
        .isThrownBy(() -> near.receive())
        .withMessageContaining("was lost in the middle of a frame")
        .satisfies(e -> assertThat(e.clean()).isFalse());
  }

  @Test
  void endInsideOfAPayloadIsNotClean() throws IOException {
    writeRaw(header(FrameType.IMAGE.number(), 0, 100, 0));
    writeRaw(new byte[60]);
    loopback.far().close();

    assertThatExceptionOfType(ConnectionClosedException.class)
        .isThrownBy(() -> near.receive())
        .satisfies(e -> assertThat(e.clean()).isFalse());
  }

  @Test
  void silentPeerIsNamedAfterTheTimeout() throws IOException {
    near.receiveTimeout(Duration.ofMillis(50));
    writeRaw(new byte[3]);

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> near.receive(FrameType.HELLO_REPLY))
        .withMessageContaining("was silent for 50 ms while this side was receiving HELLO_REPLY");
  }

  @Test
  void timeoutLeavesFramesInTimeAlone() throws IOException {
    FrameChannel far = loopback.farFrames();
    near.receiveTimeout(Duration.ofSeconds(20));
    byte[] payload = new byte[300_000];
    new Random(2).nextBytes(payload);
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              try {
                far.send(FrameType.IMAGE, payload);
                far.send(FrameType.COMMIT);
                far.send(FrameType.RESUMED);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(near.receive(FrameType.IMAGE).payload()).isEqualTo(payload);
    near.receive(FrameType.COMMIT);
    near.receiveTimeout(Duration.ZERO);
    near.receive(FrameType.RESUMED);
    sender.join();
  }

  @Test
  void closingEndsABlockedReceiver() throws Exception {
    CompletableFuture<Frame> receiver =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return near.receive();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    near.close();

    assertThatThrownBy(receiver::get).hasRootCauseInstanceOf(IOException.class);
    assertThat(near.isClosed()).isTrue();
  }

  @Test
  void portWhereNobodyListensIsNamed() throws IOException {
    InetSocketAddress address;
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> FrameChannel.connect(address, Duration.ofSeconds(5)))
        .withMessageContaining("cannot connect to 127.0.0.1:" + address.getPort());
  }

  private void send(FrameType type, byte[] payload) {
    try {
      near.send(type, payload);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] header(int type, int flags, int length, long sequence) {
    return ByteBuffer.allocate(FrameChannel.HEADER_BYTES)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(length)
        .putLong(sequence)
        .array();
  }

  private void writeRaw(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      loopback.far().write(buffer);
    }
  }

  private byte[] readRaw(int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      loopback.far().read(buffer);
    }
    return buffer.array();
  }
}
