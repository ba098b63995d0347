package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MigrateCommandTest {
  private final MigrateCommand migrate = MigrateCommand.of(List.of("migrate"));

  @Test
  void rehearsalsAreChosenBeforeTheProgramThatIsToRun() {
    assertThat(migrate.withRehearsals(3).with(List.of("run", "--", "sleep", "1")))
        .containsExactly("migrate", "run", "--rehearsals", "3", "--", "sleep", "1");
  }

  @Test
  void whatMovesNothingRehearsesNothing() {
    assertThat(migrate.withRehearsals(3).with(List.of("doctor")))
        .containsExactly("migrate", "doctor");
  }

  @Test
  void withoutAChoiceTheCommandLineHasItsOwn() {
    assertThat(migrate.with(List.of("receive", "--port", "0")))
        .containsExactly("migrate", "receive", "--port", "0");
  }
}
