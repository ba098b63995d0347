package io.github.livemigration.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records of every shape that the codec carries. */
final class CodecSamples {
  private CodecSamples() {}

  enum Colour {
    RED,
    GREEN {
      @Override
      boolean isNatural() {
        return true;
      }
    };

    boolean isNatural() {
      return false;
    }
  }

  sealed interface Shape permits Circle, Square, Nothing, Special {}

  record Circle(int radius) implements Shape {
    Circle {
      if (radius < 0) {
        throw new IllegalArgumentException("radius " + radius + " is negative");
      }
    }
  }

  record Square(long side, Optional<String> name) implements Shape {}

  record Nothing() implements Shape {}

  sealed interface Special extends Shape permits Star {}

  record Star(boolean shiny) implements Special {}

  record Tree(int value, List<Tree> branches) {}

  record Scalars(
      int anInt,
      long aLong,
      boolean aBoolean,
      short aShort,
      byte aByte,
      double aDouble,
      String text,
      Colour colour) {}

  record Limited(
      @Limit(4) String text,
      @Limit(3) byte[] bytes,
      @Limit(2) List<String> list,
      @Limit(1) Optional<String> optional) {}

  record Unsupported(int fine, Thread broken) {}

  record Everything(
      Scalars scalars,
      byte[] bytes,
      int[] ints,
      long[] longs,
      Optional<Integer> maybe,
      List<Shape> shapes,
      Set<Colour> colours,
      Map<String, Long> map,
      List<Optional<List<String>>> nested) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Everything that
          && scalars.equals(that.scalars)
          && Arrays.equals(bytes, that.bytes)
          && Arrays.equals(ints, that.ints)
          && Arrays.equals(longs, that.longs)
          && maybe.equals(that.maybe)
          && shapes.equals(that.shapes)
          && colours.equals(that.colours)
          && map.equals(that.map)
          && nested.equals(that.nested);
    }

    @Override
    public int hashCode() {
      return scalars.hashCode();
    }
  }

  static final Everything EVERYTHING =
      new Everything(
          new Scalars(
              -5, Long.MIN_VALUE, true, (short) -2, (byte) -3, Math.PI, "Grüße 🌍", Colour.GREEN),
          new byte[] {1, 2, 3},
          new int[] {Integer.MAX_VALUE, -1},
          new long[] {Long.MAX_VALUE, -1},
          Optional.of(7),
          List.of(new Circle(3), new Square(4, Optional.of("four")), new Nothing(), new Star(true)),
          Set.of(Colour.RED, Colour.GREEN),
          Map.of("one", 1L, "two", 2L),
          List.of(Optional.empty(), Optional.of(List.of("a", "")), Optional.of(List.of())));
}
