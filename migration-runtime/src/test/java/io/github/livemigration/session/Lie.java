package io.github.livemigration.session;

import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * What a peer says instead of the truth, in messages that are well formed.
 *
 * @param name for people
 * @param about the first frame of this type is replaced
 * @param telling what is said instead
 * @param words a regular expression of what the other side answers
 */
record Lie(String name, FrameType about, Telling telling, String words) {

  /** What is said instead of a frame. */
  interface Telling {
    List<Frame> insteadOf(Frame truth) throws WireException;
  }

  /** Begin a lie about a frame. */
  static Lie about(FrameType type, String name, Telling telling) {
    return new Lie(name, type, telling, "");
  }

  /** Say something that is not due, and then the truth. */
  static Lie before(FrameType type, FrameType other) {
    return about(
        type, other + " before " + type, truth -> List.of(new Frame(other, payload(other)), truth));
  }

  /** Say something that is not due instead. */
  static Lie replacing(FrameType type, FrameType other) {
    return about(
        type, other + " instead of " + type, truth -> List.of(new Frame(other, payload(other))));
  }

  private static byte[] payload(FrameType type) {
    return new byte[type == FrameType.COMMIT || type == FrameType.RESUMED ? 0 : 8];
  }

  static Lie twice(FrameType type) {
    return about(type, type + " twice", truth -> List.of(truth, truth));
  }

  /** Change one place of a record. */
  static <T extends Record> Lie in(
      FrameType type, Class<T> record, String place, String name, UnaryOperator<Object> change) {
    RecordCodec<T> codec = RecordCodec.of(record);
    return about(
        type,
        name,
        truth -> {
          T value = RecordEdit.with(codec.decode(truth.payload()), place, change);
          return List.of(new Frame(type, codec.encode(value)));
        });
  }

  /** Returns a frame with each number that is the same as one replaced, whatever it means. */
  static Frame replaced(Frame truth, long number, long other) {
    ByteBuffer bytes = ByteBuffer.wrap(truth.payload().clone());
    for (int at = 0; at + Long.BYTES <= bytes.capacity(); at++) {
      if (bytes.getLong(at) == number) {
        bytes.putLong(at, other);
      }
    }
    return new Frame(truth.type(), bytes.array());
  }

  Lie answeredBy(String expected) {
    return new Lie(name, about, telling, expected);
  }

  /** Returns a way for frames on which it is told once. */
  FrameRelay.Passing once() {
    AtomicBoolean told = new AtomicBoolean();
    return (frame, from, to) -> {
      if (frame.type() == about && told.compareAndSet(false, true)) {
        tell(frame, to);
      } else {
        FrameRelay.asItIs(frame, from, to);
      }
    };
  }

  private void tell(Frame truth, FrameChannel to) throws IOException {
    for (Frame frame : telling.insteadOf(truth)) {
      to.send(frame.type(), frame.payload());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
