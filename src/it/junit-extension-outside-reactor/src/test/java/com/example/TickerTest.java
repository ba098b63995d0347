package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.junit.LiveMigration;
import io.github.livemigration.junit.LiveMigrationTest;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import org.junit.jupiter.api.Test;

class TickerTest {

  @LiveMigrationTest(mainClass = Ticker.class)
  void goesOnCounting(LiveMigration migration) {
    migration.output().awaitNumber(20);
    MigrationReport report = migration.migrate();
    migration.output().awaitCountAfterMove(20);
    assertThat(migration.output().numbers()).isConsecutive();
    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void isAnOrdinaryTest() {
    assertThat(Ticker.class).isFinal();
  }
}
