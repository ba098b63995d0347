package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.session.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything but the migration itself, which a script stands in for. */
class LiveMigrationHarnessTest {

  private List<Path> foldersBefore = List.of();

  @BeforeEach
  void lookAtFolders() throws IOException {
    foldersBefore = FakeMigrate.scratchFolders();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(FakeMigrate.scratchFolders()).isEqualTo(foldersBefore);
    await()
        .untilAsserted(
            () ->
                assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                    .isEmpty());
  }

  @Test
  void theNumbersGoOnOverThreeMoves() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("well").build()) {
      harness.start();
      long firstPid = harness.targetPid();
      for (int hop = 1; hop <= 3; hop++) {
        harness.output().awaitNumber(hop * 30L);
        HandOver handOver = harness.migrate();
        assertThat(handOver.hop()).isEqualTo(hop);
        harness.output().awaitCountAfterMove(20);
      }

      NumberSequence numbers = harness.output().numbers();
      assertThat(NumberJudge.judge(numbers).describe()).contains("none missing");
      assertThat(numbers.sides()).isEqualTo(4);
      assertThat(harness.handOvers()).hasSize(3);
      assertThat(harness.targetPid()).isNotEqualTo(firstPid);
      assertThat(harness.handOvers().get(2).merged().hostPid())
          .isEqualTo((int) harness.targetPid());
    }
  }

  @Test
  void aNumberThatWasCutIsWhole() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("cut").build()) {
      harness.start();
      harness.output().awaitNumber(20);
      harness.migrate();
      harness.output().awaitCountAfterMove(20);

      assertThat(NumberJudge.judge(harness.output().numbers()).mistake()).isEmpty();
    }
  }

  @Test
  void aRefusalTellsWhatAndWhyAndTheTargetRunsOn() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("refuse").build()) {
      harness.start();
      harness.output().awaitNumber(5);

      assertThatThrownBy(harness::migrate)
          .isInstanceOfSatisfying(
              MoveFailedException.class,
              failure -> assertThat(failure.outcome()).isEqualTo(Outcome.REFUSED))
          .hasMessageContaining("refused, the target runs on at the source")
          .hasMessageContaining("fd 7 (socket): not carried");
      long last = harness.output().numbers().last().orElseThrow();
      harness.output().awaitNumber(last + 20);
      assertThatThrownBy(harness::migrate).hasMessageContaining("fd 7 (socket): not carried");
      assertThat(NumberJudge.judge(harness.output().numbers()).mistake()).isEmpty();
    }
  }

  @Test
  void aTargetThatDiedBeforeTheMoveIsTold() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("die-before").build()) {
      harness.start();

      assertThatThrownBy(() -> harness.output().awaitNumber(100))
          .hasMessageContaining("the last number was 14")
          .hasMessageContaining("ended with status 3");
      assertThatThrownBy(harness::migrate)
          .isInstanceOf(MoveFailedException.class)
          .hasMessageContaining("the target ended before it could be moved")
          .hasMessageContaining("ended with status 3");
      assertThat(harness.awaitExit(Duration.ofSeconds(60))).hasValue(3);
    }
  }

  @Test
  void aTargetThatDiesDuringTheMoveIsTold() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("die-during").build()) {
      harness.start();
      harness.output().awaitNumber(5);

      assertThatThrownBy(harness::migrate)
          .isInstanceOf(MoveFailedException.class)
          .hasMessageContaining("the source ended with status 4");
      assertThatThrownBy(() -> harness.output().awaitNumber(1000))
          .hasMessageContaining("ended with status 4");
    }
  }

  @Test
  void aTargetThatDiesAfterTheMoveIsToldWithItsStatus() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("die-after").build()) {
      harness.start();
      harness.output().awaitNumber(5);
      harness.migrate();

      assertThatThrownBy(() -> harness.output().awaitNumber(1000))
          .hasMessageContaining("the receiver ended with status 5");
      assertThat(harness.awaitExit(Duration.ofSeconds(60))).hasValue(5);
    }
  }

  @Test
  void aMoveThatHangsIsGivenUp() {
    try (LiveMigrationHarness harness =
        FakeMigrate.harness("hang").timeout(Duration.ofSeconds(5)).build()) {
      harness.start();
      harness.output().awaitNumber(5);

      assertThatThrownBy(harness::migrate)
          .isInstanceOf(MoveFailedException.class)
          .hasMessageContaining("did not end within 5 s");
    }
  }

  @Test
  void aTargetThatDoesNotStartIsTold() {
    try (LiveMigrationHarness harness = FakeMigrate.harness("no-start").build()) {
      assertThatThrownBy(harness::start)
          .isInstanceOf(HarnessException.class)
          .hasMessageContaining("the target does not start")
          .hasMessageContaining("migrate: no such program");
    }
  }

  @Test
  void aCommandLineThatIsNotThereIsTold() {
    MigrateCommand absent = MigrateCommand.of(List.of("/no/such/migrate"));
    try (LiveMigrationHarness harness =
        LiveMigrationHarness.of(TargetCommand.ofCommand(List.of("counter")))
            .migrateCommand(absent)
            .build()) {
      assertThatThrownBy(harness::start)
          .isInstanceOf(HarnessException.class)
          .hasMessageContaining("the receiver cannot be started: /no/such/migrate receive");
    }
  }

  @Test
  void closingWhileItStartsEndsWhatHasStarted() {
    LiveMigrationHarness harness = FakeMigrate.harness("never-listen").build();
    CompletableFuture<Void> starting = CompletableFuture.runAsync(harness::start);
    await().until(() -> ProcessHandle.current().children().findAny().isPresent());

    harness.close();

    assertThat(starting).failsWithin(Duration.ofSeconds(60));
  }

  @Test
  void closingTwiceIsClosingOnceAndNothingWorksAfterwards() {
    LiveMigrationHarness harness = FakeMigrate.harness("well").build();
    harness.start();
    harness.close();
    harness.close();

    assertThatThrownBy(harness::migrate).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(harness::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void doctorSpeaksForTheHost() {
    assertThat(HostFitness.check(FakeMigrate.showing("well")).fit()).isTrue();
    HostFitness unfit = HostFitness.check(FakeMigrate.showing("unfit"));
    assertThat(unfit.fit()).isFalse();
    assertThatThrownBy(unfit::require)
        .hasMessageStartingWith("a migration cannot work on this host:\nuserfaultfd   no")
        .hasMessageContaining("sysctl -w");
  }
}
