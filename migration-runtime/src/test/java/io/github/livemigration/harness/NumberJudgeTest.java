package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumberJudgeTest {

  @Test
  void acceptsNumbersThatGoOnAcrossTheHandOver() {
    Verdict verdict = NumberJudge.judge(moved(3, 5, 6, 7, 8, 9));

    assertThat(verdict.correct()).isTrue();
    assertThat(verdict.mistake()).isEmpty();
    assertThat(verdict.describe()).isEqualTo("5 numbers, each exactly once, none missing");
  }

  @Test
  void findsTheNumberThatWasSkippedAtTheHandOver() {
    Mistake mistake = mistake(moved(3, 5, 6, 7, 9, 10));

    assertThat(mistake.kind()).isEqualTo(Mistake.Kind.SKIPPED);
    assertThat(mistake.position()).isEqualTo(3);
    assertThat(mistake.description())
        .isEqualTo(
            "8 is missing: after 7 came 9 across the hand-over from the source to the destination"
                + " (position 3: … 5 6 7 [9] 10 …)");
  }

  @Test
  void namesAllNumbersThatAreMissing() {
    assertThat(mistake(NumberSequence.of(1, 2, 6)).description())
        .startsWith("3 to 5 are missing: after 2 came 6, printed by the source");
  }

  @Test
  void findsTheNumberThatCameTwice() {
    Mistake mistake = mistake(moved(3, 5, 6, 7, 7, 8));

    assertThat(mistake.kind()).isEqualTo(Mistake.Kind.REPEATED);
    assertThat(mistake.description()).startsWith("7 came twice across the hand-over");
  }

  @Test
  void findsTheNumberThatWentBack() {
    Mistake mistake = mistake(moved(1, 5, 6, 7, 3, 4));

    assertThat(mistake.kind()).isEqualTo(Mistake.Kind.WENT_BACK);
    assertThat(mistake.description())
        .startsWith("the numbers went back from 7 to 3, printed by the destination");
  }

  @Test
  void reportsTheFirstOfSeveralMistakes() {
    assertThat(mistake(NumberSequence.of(1, 2, 2, 9, 1)).position()).isEqualTo(2);
  }

  @Test
  void missesNumbersAfterTheMove() {
    Mistake mistake = mistake(moved(2, 5, 6));

    assertThat(mistake.kind()).isEqualTo(Mistake.Kind.NOTHING_AFTER_THE_MOVE);
    assertThat(mistake.description())
        .isEqualTo("no number came after the move: the last one was 6, printed by the source");
  }

  @Test
  void missesNumbersAtAll() {
    assertThat(mistake(NumberSequence.of()).kind()).isEqualTo(Mistake.Kind.NO_NUMBERS);
  }

  private static Mistake mistake(NumberSequence numbers) {
    return NumberJudge.judge(numbers).mistake().orElseThrow();
  }

  private static NumberSequence moved(int position, long... numbers) {
    return new NumberSequence(
        numbers,
        new long[numbers.length],
        new int[] {0, position},
        List.of("source", "destination"));
  }
}
