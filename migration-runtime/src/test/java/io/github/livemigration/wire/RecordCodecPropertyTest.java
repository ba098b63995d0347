package io.github.livemigration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.wire.CodecSamples.Circle;
import io.github.livemigration.wire.CodecSamples.Colour;
import io.github.livemigration.wire.CodecSamples.Everything;
import io.github.livemigration.wire.CodecSamples.Nothing;
import io.github.livemigration.wire.CodecSamples.Scalars;
import io.github.livemigration.wire.CodecSamples.Shape;
import io.github.livemigration.wire.CodecSamples.Square;
import io.github.livemigration.wire.CodecSamples.Star;
import io.github.livemigration.wire.CodecSamples.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class RecordCodecPropertyTest {
  private final RecordCodec<Everything> codec = RecordCodec.of(Everything.class);

  @Property(tries = 300)
  void whatIsDecodedIsWhatWasEncoded(@ForAll("values") Everything value) throws WireException {
    assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
  }

  @Property(tries = 300)
  void oneOtherByteGivesAValueOrAWireException(
      @ForAll("values") Everything value,
      @ForAll @IntRange(max = 100_000) int at,
      @ForAll byte other)
      throws WireException {
    byte[] encoded = codec.encode(value);
    encoded[at % encoded.length] = other;

    assertThatNothingElseHappens(codec, encoded);
  }

  @Property(tries = 2000)
  void randomBytesGiveAValueOrAWireException(@ForAll @Size(max = 400) byte[] bytes) {
    assertThatNothingElseHappens(codec, bytes);
    assertThatNothingElseHappens(RecordCodec.of(Shape.class), bytes);
    assertThatNothingElseHappens(RecordCodec.of(Tree.class), bytes);
  }

  @Property(tries = 300)
  void smallBytesGiveAValueOrAWireException(
      @ForAll @Size(max = 200) List<@IntRange(max = 3) Integer> values) {
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    assertThatNothingElseHappens(codec, bytes);
    assertThatNothingElseHappens(RecordCodec.of(Tree.class), bytes);
  }

  private static <T> void assertThatNothingElseHappens(RecordCodec<T> codec, byte[] bytes) {
    try {
      assertThat(codec.decode(bytes)).isNotNull();
    } catch (WireException e) {
      assertThat(e).hasMessageMatching("(?s)\\w+(\\.\\w+)?: .+");
    }
  }

  @Provide
  Arbitrary<Everything> values() {
    Arbitrary<String> text =
        Arbitraries.strings().ofMaxLength(20).filter(RecordCodecPropertyTest::isWhole);
    Arbitrary<Colour> colour = Arbitraries.of(Colour.class);
    Arbitrary<Scalars> scalars =
        Combinators.combine(
                Arbitraries.integers(),
                Arbitraries.longs(),
                Arbitraries.of(true, false),
                Arbitraries.shorts(),
                Arbitraries.bytes(),
                Arbitraries.doubles(),
                text,
                colour)
            .as(Scalars::new);
    Arbitrary<Set<Colour>> colours = colour.set().ofMaxSize(2);
    Arbitrary<Map<String, Long>> map = Arbitraries.maps(text, Arbitraries.longs()).ofMaxSize(4);
    Arbitrary<List<Optional<List<String>>>> nested =
        text.list().ofMaxSize(3).optional().list().ofMaxSize(3);
    return Combinators.combine(scalars, bytes(), shapes(), colours, map, nested)
        .as(
            (s, b, shape, c, m, n) ->
                new Everything(
                    s,
                    b,
                    new int[] {s.anInt(), b.length},
                    new long[] {s.aLong()},
                    s.aBoolean() ? Optional.of(s.anInt()) : Optional.empty(),
                    shape,
                    c,
                    m,
                    n));
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(50);
  }

  private static Arbitrary<List<Shape>> shapes() {
    Arbitrary<Shape> shape =
        Arbitraries.oneOf(
            Arbitraries.integers().greaterOrEqual(0).map(Circle::new),
            Arbitraries.longs().map(side -> new Square(side, Optional.of("s" + side))),
            Arbitraries.longs().map(side -> new Square(side, Optional.empty())),
            Arbitraries.just(new Nothing()),
            Arbitraries.of(true, false).map(Star::new));
    return shape.list().ofMaxSize(5);
  }

  /** Half a surrogate pair is no text. */
  private static boolean isWhole(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
