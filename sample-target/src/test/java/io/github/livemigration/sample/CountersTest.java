package io.github.livemigration.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountersTest {

  private static final String[] LIMITED = {
    "--interval-millis", "1", "--start", "7", "--limit", "50", "--exit-status", "9"
  };

  @Test
  void theJavaCounterCountsAndEndsWithItsStatus() {
    assertCounts(Program.java(Counter.class, with(LIMITED, "--heap-mib", "8")));
    assertCounts(Program.java(Counter.class, with(LIMITED, "--threads", "0")));
    assertCounts(Program.java(Counter.class, with(LIMITED, "--spin")));
  }

  @Test
  void thePythonCounterCountsAndEndsWithItsStatus() {
    assertCounts(Program.script("counter.py", with(LIMITED, "--resident-mib", "4")));
    assertCounts(Program.script("counter.py", with(LIMITED, "--threads", "3")));
    assertCounts(Program.script("counter.py", with(LIMITED, "--spin")));
  }

  @Test
  void thePerlCounterCountsAndEndsWithItsStatus() {
    assertCounts(Program.script("counter.pl", with(LIMITED, "--resident-mib", "4")));
  }

  @Test
  void anUnknownOptionIsWrongUse() {
    Program program = Program.java(Counter.class, "--fast");

    assertThat(program.status()).isEqualTo(2);
    assertThat(program.errors()).contains("unknown argument --fast, known are --exit-status");
  }

  @Test
  void aWrongByteInTheHeapEndsTheProgram() {
    Program program = Program.java(SpoiledHeap.class);

    assertThat(program.status()).isEqualTo(70);
    assertThat(program.errors()).startsWith("spoiled: block 3 has checksum ");
  }

  @ParameterizedTest
  @CsvSource({"skip, 7", "repeat, 5", "back, 0"})
  void theMisbehavingCounterGoesWrongAsAsked(String fault, long wrong) {
    List<Long> printed = MisbehavingCounter.numbers(fault, 5).limit(7).boxed().toList();

    assertThat(printed.subList(0, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(printed.get(5)).isEqualTo(wrong);
    assertThat(printed.get(6)).isEqualTo(wrong + 1);
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
  }

  private static void assertCounts(Program program) {
    assertThat(program.errors()).isEmpty();
    assertThat(program.lines())
        .isEqualTo(IntStream.range(7, 57).mapToObj(Integer::toString).toList());
    assertThat(program.status()).isEqualTo(9);
  }
}
