package io.github.livemigration.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VitalityTest {

  @Test
  void aLivingMachineShowsAllSignsAndEndsWithItsStatus() {
    Program program =
        Program.java(
            Vitality.class, "--after", "5", "--interval-millis", "1", "--exit-status", "11");

    assertThat(program.errors()).isEmpty();
    assertThat(program.status()).isEqualTo(11);
    assertThat(program.lines())
        .contains("full-gc:ok", "new-code:ok", "new-threads:ok", "new-classes:ok")
        .endsWith("alive");
    assertThat(program.lines()).noneMatch(line -> line.endsWith(":FAILED"));
  }
}
