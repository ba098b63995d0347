package io.github.livemigration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.livemigration.wire.CodecSamples.Circle;
import io.github.livemigration.wire.CodecSamples.Colour;
import io.github.livemigration.wire.CodecSamples.Everything;
import io.github.livemigration.wire.CodecSamples.Limited;
import io.github.livemigration.wire.CodecSamples.Nothing;
import io.github.livemigration.wire.CodecSamples.Scalars;
import io.github.livemigration.wire.CodecSamples.Shape;
import io.github.livemigration.wire.CodecSamples.Star;
import io.github.livemigration.wire.CodecSamples.Tree;
import io.github.livemigration.wire.CodecSamples.Unsupported;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecordCodecTest {
  private final RecordCodec<Everything> everything = RecordCodec.of(Everything.class);
  private final RecordCodec<Limited> limited = RecordCodec.of(Limited.class);
  private final RecordCodec<Shape> shapes = RecordCodec.of(Shape.class);

  record Numbers(int a, long b, boolean c) {}

  record Holder(Optional<Shape> shape, List<Long> numbers) {}

  @Test
  void everyShapeArrivesAsItWasSent() throws WireException {
    byte[] encoded = everything.encode(CodecSamples.EVERYTHING);

    assertThat(everything.decode(encoded)).isEqualTo(CodecSamples.EVERYTHING);
  }

  @Test
  void encodingDoesNotDependOnTheExpectedLength() throws WireException {
    byte[] encoded = everything.encode(CodecSamples.EVERYTHING);

    for (int expectedBytes : new int[] {0, encoded.length, 10 * encoded.length}) {
      assertThat(everything.encode(CodecSamples.EVERYTHING, expectedBytes))
          .isEqualTo(ByteBuffer.wrap(encoded));
    }
  }

  @Test
  void numbersAreBigEndianAndUnpadded() throws WireException {
    byte[] encoded = RecordCodec.of(Numbers.class).encode(new Numbers(0x01020304, 5, true));

    assertThat(HexFormat.of().formatHex(encoded)).isEqualTo("01020304" + "0000000000000005" + "01");
  }

  @Test
  void sealedInterfaceIsThePositionAndTheRecord() throws WireException {
    assertThat(shapes.encode(new Circle(1))).containsExactly(0, 0, 0, 0, 0, 1);
    assertThat(shapes.encode(new Nothing())).containsExactly(0, 2, 0);
    assertThat(shapes.encode(new Star(true))).containsExactly(0, 3, 0, 0, 1);
    assertThat(shapes.decode(new byte[] {0, 3, 0, 0, 1})).isEqualTo(new Star(true));
  }

  @Test
  void decodingStartsAtThePositionAndLeavesTheBufferAlone() throws WireException {
    ByteBuffer buffer =
        ByteBuffer.wrap(new byte[] {9, 9, 0, 0, 0, 0, 0, 1, 9}).limit(8).position(2);

    assertThat(shapes.decode(buffer)).isEqualTo(new Circle(1));
    assertThat(buffer.position()).isEqualTo(2);
  }

  @Test
  void everyTruncationIsRefused() throws WireException {
    byte[] encoded = everything.encode(CodecSamples.EVERYTHING);
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);

      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> everything.decode(cut))
          .withMessageContaining("truncated");
    }
  }

  @Test
  void trailingBytesAreRefused() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> shapes.decode(new byte[] {0, 2, 0, 0, 0}))
        .withMessage("Shape: 2 bytes too many");
  }

  @Test
  void unknownKindAndConstantAreNamed() throws WireException {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> shapes.decode(new byte[] {1, 0}))
        .withMessage("Shape: unknown kind 256 of Shape, which has 4");

    RecordCodec<Scalars> codec = RecordCodec.of(Scalars.class);
    byte[] encoded = codec.encode(new Scalars(0, 0, false, (short) 0, (byte) 0, 0, "", Colour.RED));
    encoded[encoded.length - 1] = 'X';
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(encoded))
        .withMessage("Scalars.colour: unknown constant \"REX\" of Colour");
  }

  @Test
  void booleanIsStrict() {
    RecordCodec<Star> codec = RecordCodec.of(Star.class);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(new byte[] {2}))
        .withMessage("Star.shiny: 2 is neither 0 nor 1");
  }

  @Test
  void whatTheRecordRefusesIsRefused() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> shapes.decode(new byte[] {0, 0, -1, -1, -1, -1}))
        .withMessage("Circle: radius -1 is negative")
        .withCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countIsCheckedBeforeMemoryIsTaken() {
    RecordCodec<Holder> codec = RecordCodec.of(Holder.class);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(new byte[] {0, -1, -1, -1, -1}))
        .withMessage("Holder.numbers: count 4294967295 exceeds the limit 1048576");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(new byte[] {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
        .withMessage("Holder.numbers: truncated, count 2 but only 11 bytes follow");
  }

  @Test
  void textHasToBeUtf8() {
    RecordCodec<Limited> codec = limited;

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(new byte[] {0, 0, 0, 2, (byte) 0xc3, 0x28}))
        .withMessage("Limited.text: text of 2 bytes is not UTF-8");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(
            () -> codec.encode(new Limited("\ud800", new byte[0], List.of(), Optional.empty())))
        .withMessageStartingWith("Limited.text: text has half a surrogate pair");
  }

  @Test
  void loweredLimitsHoldOnBothSides() throws WireException {
    Limited fits = new Limited("äö", new byte[3], List.of("long text", ""), Optional.of("a"));
    assertThat(limited.decode(limited.encode(fits)).text()).isEqualTo("äö");

    assertThatRefused(
        new Limited("äöx", new byte[0], List.of(), Optional.empty()),
        "Limited.text: length 5 exceeds the limit 4");
    assertThatRefused(
        new Limited("12345", new byte[0], List.of(), Optional.empty()),
        "Limited.text: length 5 exceeds the limit 4");
    assertThatRefused(
        new Limited("", new byte[4], List.of(), Optional.empty()),
        "Limited.bytes: length 4 exceeds the limit 3");
    assertThatRefused(
        new Limited("", new byte[0], List.of("", "", ""), Optional.empty()),
        "Limited.list: count 3 exceeds the limit 2");
    assertThatRefused(
        new Limited("", new byte[0], List.of(), Optional.of("12")),
        "Limited.optional: length 2 exceeds the limit 1");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> limited.decode(new byte[] {0, 0, 0, 5, '1', '2', '3', '4', '5'}))
        .withMessage("Limited.text: length 5 exceeds the limit 4");
  }

  private void assertThatRefused(Limited value, String message) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> limited.encode(value))
        .withMessage(message);
  }

  @Test
  void recordsMayContainThemselvesUpToALimit() throws WireException {
    RecordCodec<Tree> codec = RecordCodec.of(Tree.class);
    Tree deepest = nested(32);
    assertThat(codec.decode(codec.encode(deepest))).isEqualTo(deepest);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.encode(nested(33)))
        .withMessage("Tree: nesting 33 exceeds the limit 32");
    byte[] hostile = new byte[8 * 1000];
    for (int i = 7; i < hostile.length; i += 8) {
      hostile[i] = 1;
    }
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(hostile))
        .withMessage("Tree: nesting 33 exceeds the limit 32");
  }

  private static Tree nested(int depth) {
    return depth == 1 ? new Tree(1, List.of()) : new Tree(depth, List.of(nested(depth - 1)));
  }

  @Test
  @SuppressWarnings("NullAway") // that it is null is the point
  void nullIsNamed() {
    RecordCodec<Holder> codec = RecordCodec.of(Holder.class);

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.encode(new Holder(null, List.of())))
        .withMessage("Holder.shape is null");
  }

  @Test
  void componentWithoutEncodingIsNamedBeforeAnythingIsSent() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> RecordCodec.of(Unsupported.class))
        .withMessage("Unsupported.broken: no encoding for class java.lang.Thread");
  }

  @Test
  void encodingGrowsWhereverItsEndIs() throws WireException {
    RecordCodec<Growing> codec = RecordCodec.of(Growing.class);
    for (int length = 1000; length < 1040; length++) {
      Growing value =
          new Growing("x".repeat(length), List.of(-1L, 2L), List.of(3, 4), "ä".repeat(2000), true);

      assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    }
  }

  record Growing(String text, List<Long> longs, List<Integer> ints, String more, boolean flag) {}

  @Test
  void encodingIsNotMoreThanAFrameTakes() {
    RecordCodec<Blobs> codec = RecordCodec.of(Blobs.class);
    byte[] large = new byte[16 << 20];

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.encode(new Blobs(List.of(large, large, large, large))))
        .withMessageStartingWith("Blobs.blobs: encoded length ")
        .withMessageEndingWith(" exceeds the limit 67108864");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.encode(new Blobs(List.of(new byte[(16 << 20) + 1]))))
        .withMessage("Blobs.blobs: length 16777217 exceeds the limit 16777216");
  }

  record Blobs(List<byte[]> blobs) {}
}
