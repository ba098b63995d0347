package io.github.livemigration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a peer sends before anything is known of it. */
class FrameFuzzTest {
  /** A stream of frames of all types. */
  static List<byte[]> everyType() {
    ByteBuffer stream = ByteBuffer.allocate(4096);
    ByteBuffer header = ByteBuffer.allocate(FrameHeader.LENGTH_BYTES);
    long sequence = 0;
    for (FrameType type : FrameType.values()) {
      byte[] payload =
          switch (type) {
            case HELLO -> new Hello(ConnectionRole.RESUME, SessionToken.random()).encode();
            case HELLO_REPLY -> HelloReply.rejected(HelloReply.Status.REFUSED, "no").encode();
            default -> new byte[Math.min(16, type.maximumPayloadBytes())];
          };
      FrameHeader.put(header, type, payload.length, sequence++);
      stream.put(header).put(payload);
    }
    return List.of(Arrays.copyOf(stream.array(), stream.position()));
  }

  @MethodSource("everyType")
  @FuzzTest(maxDuration = "1h")
  void streamIsFramesUntilItIsRefusedOrEnds(byte[] input) throws IOException {
    try (FrameChannel channel = FrameChannel.over(new Bytes(input))) {
      while (true) {
        Frame frame = channel.receive();
        assertThat(frame.payload().length).isLessThanOrEqualTo(frame.type().maximumPayloadBytes());
        greet(frame);
      }
    } catch (WireException | ConnectionClosedException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void greet(Frame frame) throws WireException {
    if (frame.type() == FrameType.HELLO) {
      Hello hello = Hello.decode(frame.payload());
      assertThat(hello.toString()).contains(hello.token().toString());
    } else if (frame.type() == FrameType.HELLO_REPLY) {
      assertThat(HelloReply.decode(frame.payload()).reason()).isNotNull();
    }
  }

  /** A stream that somebody else has written. */
  private record Bytes(ByteBuffer bytes) implements Transport {
    Bytes(byte[] input) {
      this(ByteBuffer.wrap(input));
    }

    @Override
    public int read(ByteBuffer into) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(into.remaining(), bytes.remaining());
      into.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public void write(ByteBuffer[] from, int offset, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void readTimeout(Duration timeout) {
      // It never waits.
    }

    @Override
    public String peer() {
      return "fuzzer";
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
