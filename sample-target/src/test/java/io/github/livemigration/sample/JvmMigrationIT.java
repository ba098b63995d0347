package io.github.livemigration.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.junit.LiveMigration;
import io.github.livemigration.junit.LiveMigrationTest;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A running, multi-threaded JVM moves, and lives on. */
class JvmMigrationIT {
  /** RepeatedMigrationIT moves one twenty times; here each hop starts its own JVMs. */
  private static final int HOPS = 2;

  /** In the working directory of the tests, which is that of the target too. */
  private static final String SHOW_IT = "target/show-that-you-are-alive";

  @BeforeEach
  @AfterEach
  void nobodyIsAskedToShowIt() throws IOException {
    Files.deleteIfExists(Path.of(SHOW_IT));
  }

  @LiveMigrationTest(
      mainClass = Counter.class,
      arguments = {"--threads", "4", "--heap-mib", "64", "--interval-millis", "1"},
      jvmArguments = "-Xmx256m")
  void theCounterGoesOnWithTheNextNumber(LiveMigration migration) {
    migration.output().awaitNumber(200);

    MigrationReport report = migration.migrate();

    migration.output().awaitCountAfterMove(500);
    assertThat(migration.output().numbers()).startsWith(1).isConsecutive();
    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.threads()).isGreaterThan(5);
    assertThat(report.pages().resident()).isGreaterThan(64 * 256);
    assertThat(report.downtime()).isPositive();
  }

  @LiveMigrationTest(
      mainClass = Vitality.class,
      arguments = {"--when", SHOW_IT, "--exit-status", "23"})
  void itIsAliveInEverySenseAndReturnsItsOwnExitStatusAfterItsLastWord(LiveMigration migration)
      throws IOException {
    migration.output().awaitNumber(100);

    migration.migrate();
    migration.output().awaitCountAfterMove(200);
    Files.createFile(Path.of(SHOW_IT));

    assertThat(migration.exitStatus()).isEqualTo(23);
    assertThat(migration.output().words())
        .contains("full-gc:ok", "new-code:ok", "new-threads:ok", "new-classes:ok")
        .noneMatch(word -> word.endsWith(":FAILED"))
        .endsWith("alive");
    assertThat(migration.output().numbers()).isConsecutive();
  }

  @LiveMigrationTest(
      mainClass = Counter.class,
      arguments = {"--interval-millis", "2"},
      jvmArguments = "-Xmx128m")
  void theSameProcessMovesAgainAndAgain(LiveMigration migration) {
    for (int hop = 1; hop <= HOPS; hop++) {
      migration.output().awaitNumber(hop * 50L);
      migration.migrate();
      migration.output().awaitCountAfterMove(50);
    }

    assertThat(migration.output().numbers()).isConsecutive();
    assertThat(migration.handOvers()).hasSize(HOPS);
  }

  @LiveMigrationTest(
      mainClass = Counter.class,
      arguments = {"--spin", "--interval-millis", "1", "--threads", "1"})
  void aThreadThatSpinsMovesToo(LiveMigration migration) {
    migration.output().awaitNumber(100);

    migration.migrate();

    migration.output().awaitCountAfterMove(200);
    assertThat(migration.output().numbers()).isConsecutive();
  }
}
