package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NumberOutputTest {

  private final NumberOutput output =
      new NumberOutput(NumberPattern.whiteSpaceSeparated(), Duration.ofSeconds(10));

  @Test
  void putsTheSourceBeforeTheDestinationWhateverArrivesFirst() {
    OutputStream source = attach("source");
    OutputStream destination = attach("destination");

    print(destination, "4\n5\n");
    output.awaitCount(2);
    print(source, "1 2\t3\r\n");
    output.awaitCount(5);

    NumberSequence numbers = output.numbers();
    assertThat(numbers.toArray()).containsExactly(1, 2, 3, 4, 5);
    assertThat(numbers.sideOf(2)).isZero();
    assertThat(numbers.sideOf(3)).isEqualTo(1);
    assertThat(numbers.sideName(1)).isEqualTo("destination");
    assertThat(numbers.countOf(0)).isEqualTo(3);
    assertThat(numbers.countOf(1)).isEqualTo(2);
    assertThat(numbers.nanoTime(0)).isGreaterThan(numbers.nanoTime(4));
  }

  @Test
  void putsANumberTogetherThatWasCutByTheMove() {
    OutputStream source = attach("source");
    OutputStream destination = attach("destination");

    print(source, "99 10");
    print(destination, "0\n101\n");

    await()
        .untilAsserted(() -> assertThat(output.numbers().toArray()).containsExactly(99, 100, 101));
    NumberSequence numbers = output.numbers();
    assertThat(numbers.sideOf(1)).isZero();
    assertThat(numbers.countOf(1)).isEqualTo(1);
    assertThat(NumberJudge.judge(numbers).correct()).isTrue();
  }

  @Test
  void putsANumberTogetherOverASideThatPrintedOnlyAPartOfIt() {
    OutputStream first = attach("source");
    OutputStream second = attach("destination");
    OutputStream third = attach("destination 2");

    print(first, "7\n8");
    print(second, "0");
    print(third, "0 801");
    close(third);

    await()
        .untilAsserted(() -> assertThat(output.numbers().toArray()).containsExactly(7, 800, 801));
    NumberSequence numbers = output.numbers();
    assertThat(numbers.countOf(0)).isEqualTo(2);
    assertThat(numbers.countOf(1)).isZero();
    assertThat(numbers.countOf(2)).isEqualTo(1);
  }

  @Test
  void takesTheLastNumberWithoutALineBreakOnlyAtTheEnd() {
    OutputStream source = attach("source");
    print(source, "1\n2");
    output.awaitNumber(1);
    assertThat(output.numbers().toArray()).containsExactly(1);

    close(source);

    output.awaitNumber(2);
    assertThat(output.numbers().last()).contains(2L);
  }

  @Test
  void keepsWordsThatAreNoNumbers() {
    OutputStream source = attach("source");

    print(source, "full-gc:ok\n1\n12x -3\ndone\n");

    output.awaitWord("done");
    assertThat(output.words()).containsExactly("full-gc:ok", "12x", "done");
    assertThat(output.numbers().toArray()).containsExactly(1, -3);
  }

  @Test
  void findsNumbersInLinesByAPattern() {
    NumberOutput lines =
        new NumberOutput(NumberPattern.inLines("tick (\\d+)"), Duration.ofSeconds(10));
    OutputStream source = attach(lines, "source");

    print(source, "10:15 tick 1 of 9\nnothing here 5\n10:16 tick 2 of 9\n");

    lines.awaitNumber(2);
    assertThat(lines.numbers().toArray()).containsExactly(1, 2);
    assertThat(lines.words()).containsExactly("nothing here 5");
  }

  @Test
  void tellsTheLastNumberWhenTheTimeIsOver() {
    print(attach("source"), "41\n42\n");
    output.awaitNumber(42);

    assertThatThrownBy(() -> output.awaitNumber(43, Duration.ofMillis(20)))
        .isInstanceOf(HarnessException.class)
        .hasMessage("no number 43 within 20.0 ms, the last number was 42");
  }

  @Test
  void tellsAtOnceWhoWaitsWhenTheTargetEnds() {
    print(attach("source"), "41\n42\n");
    output.awaitNumber(42);
    output.end("the target has ended; status 3");

    assertThatThrownBy(() -> output.awaitNumber(43))
        .isInstanceOf(HarnessException.class)
        .hasMessage("no number 43, the last number was 42: the target has ended; status 3");
  }

  @Test
  void tellsThatThePatternFoundNoNumber() {
    NumberOutput lines = new NumberOutput(NumberPattern.inLines("tick .*"), Duration.ofSeconds(10));

    print(attach(lines, "source"), "tick tock\n");

    assertThatThrownBy(() -> lines.awaitNumber(1))
        .hasMessageContaining("the number pattern 'tick .*' found 'tick tock', which is no number");
  }

  @Test
  void waitsForNumbersAfterTheMoveOnlyOnceItHasMoved() {
    OutputStream source = attach("source");
    print(source, "1 2 3 ");
    assertThatThrownBy(() -> output.awaitCountAfterMove(1))
        .isInstanceOf(IllegalStateException.class);

    print(attach("destination"), "4 5 6\n");

    output.awaitNumber(6);
    output.awaitCountAfterMove(3);
    await().untilAsserted(() -> assertThat(output.numbers().size()).isEqualTo(6));
  }

  @Test
  void measuresTheLongestGapAfterAMoment() {
    NumberSequence numbers =
        new NumberSequence(
            new long[] {1, 2, 3, 4},
            new long[] {0, 9_000_000, 10_000_000, 14_000_000},
            new int[] {0, 2},
            java.util.List.of("source", "destination"));

    assertThat(numbers.largestGapSince(9_500_000))
        .contains(new NumberSequence.Gap(3, Duration.ofMillis(4)));
    assertThat(numbers.largestGapSince(14_000_000)).isEmpty();
  }

  private OutputStream attach(String side) {
    return attach(output, side);
  }

  private static OutputStream attach(NumberOutput output, String side) {
    try {
      PipedOutputStream end = new PipedOutputStream();
      output.attach(side, new PipedInputStream(end));
      return end;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(OutputStream stream, String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
