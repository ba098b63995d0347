package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class TranslationTest {
  private static final int SPACE = 40;

  @Test
  void startsAsIdentity() {
    Translation identity = Translation.identity();

    assertThat(identity.isIdentity()).isTrue();
    assertThat(identity.toSource(0x7f00_0000_0000L)).isEqualTo(0x7f00_0000_0000L);
    assertThat(identity.toDestination(0x1000)).isEqualTo(0x1000);
  }

  @Test
  void movedRangeIsFoundAtItsNewPlaceOnly() {
    Translation moved = Translation.identity().moved(0x1000, 0x9000, 0x2000);

    assertThat(moved.toDestination(0x1fff)).isEqualTo(0x9fff);
    assertThat(moved.toSource(0xafff)).isEqualTo(0x2fff);
    assertThat(moved.toSource(0x1000)).isEqualTo(Translation.NONE);
    assertThat(moved.toSource(0xb000)).isEqualTo(0xb000);
    // What was at the new place is nowhere now.
    assertThat(moved.toDestination(0x9000)).isEqualTo(Translation.NONE);
  }

  @Test
  void movingBackLeavesAHoleWhereItWas() {
    Translation back =
        Translation.identity().moved(0x1000, 0x9000, 0x1000).moved(0x9000, 0x1000, 0x1000);

    assertThat(back.toSource(0x1000)).isEqualTo(0x1000);
    assertThat(back.toSource(0x9000)).isEqualTo(Translation.NONE);
    assertThat(back.isIdentity()).isFalse();
  }

  @Test
  void unmovedRangesLeaveOutWhatHasMoved() {
    Translation moved = Translation.identity().moved(0x1000, 0x9000, 0x1000);
    List<String> all = new ArrayList<>();
    List<String> unmoved = new ArrayList<>();
    moved.forEachSource(0x8000, 0xb000, (from, to) -> all.add("%x-%x".formatted(from, to)));
    moved.forEachUnmovedSource(
        0x8000, 0xb000, (from, to) -> unmoved.add("%x-%x".formatted(from, to)));

    assertThat(all).containsExactly("8000-9000", "1000-2000", "a000-b000");
    assertThat(unmoved).containsExactly("8000-9000", "a000-b000");
  }

  @Property(tries = 500)
  void manyMovesAgreeWithAnArray(
      @ForAll @Size(max = 15) List<@IntRange(max = SPACE - 1) Integer> froms,
      @ForAll @Size(min = 15, max = 15) List<@IntRange(max = SPACE - 1) Integer> tos,
      @ForAll @Size(min = 15, max = 15) List<@IntRange(min = 1, max = 10) Integer> lengths) {
    long[] sources = new long[SPACE];
    for (int i = 0; i < SPACE; i++) {
      sources[i] = i;
    }
    Translation translation = Translation.identity();
    for (int i = 0; i < froms.size(); i++) {
      int from = froms.get(i);
      int to = tos.get(i);
      int length = Math.min(lengths.get(i), SPACE - Math.max(from, to));
      if (Math.abs(from - to) < length) {
        continue;
      }
      for (int k = 0; k < length; k++) {
        sources[to + k] = sources[from + k];
        sources[from + k] = Translation.NONE;
      }
      translation = translation.moved(from, to, length);
    }
    for (int i = 0; i < SPACE; i++) {
      assertThat(translation.toSource(i)).isEqualTo(sources[i]);
      if (sources[i] != Translation.NONE) {
        assertThat(translation.toDestination(sources[i])).isEqualTo(i);
      }
    }
  }
}
