package io.github.livemigration.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;

import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.MoveFailedException;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What becomes of tests that move their targets, or do not. */
class LiveMigrationExtensionTest extends ExtensionRuns {

  @Test
  void aTestThatMovesItsTargetPasses() {
    EngineExecutionResults results = run("well", selectClass(PassingTestCase.class));

    results.testEvents().assertStatistics(stats -> stats.started(1).succeeded(1));
    assertThat(results.allEvents().reportingEntryPublished().count()).isZero();
  }

  @Test
  void aTestThatFailsShowsItsOwnFailureAndTheOutputOfAllProcesses() {
    EngineExecutionResults results = run("well", selectClass(FailingAssertionTestCase.class));

    assertFailure(results, AssertionError.class, "two hops were wanted"::equals);
    assertThat(results.testEvents().reportingEntryPublished().list())
        .singleElement()
        .extracting(event -> event.getRequiredPayload(ReportEntry.class).getKeyValuePairs())
        .satisfies(
            entries -> {
              assertThat(entries.get("live migration"))
                  .contains("target: counter", "the source ended with status 0", "listening on");
              assertThat(entries.get("report of move 1")).contains("\"completed\"");
              assertThat(entries.get("numbers")).startsWith("[1 2 3");
            });
  }

  @Test
  void numbersThatAreSkippedFailTheAssertion() {
    assertFailure(
        run("skip", selectClass(PassingTestCase.class)),
        AssertionError.class,
        text -> text.contains("are missing: after") && text.contains("across the hand-over"));
  }

  @Test
  void aTargetThatDiesBeforeTheMoveFailsTheTest() {
    assertFailure(
        run("die-before", selectClass(PassingTestCase.class)),
        HarnessException.class,
        text -> text.contains("the last number was 14") && text.contains("with status 3"));
  }

  @Test
  void aTargetThatDiesDuringTheMoveFailsTheTest() {
    assertFailure(
        run("die-during", selectClass(PassingTestCase.class)),
        MoveFailedException.class,
        text -> text.contains("the source ended with status 4"));
  }

  @Test
  void aTargetThatDiesAfterTheMoveFailsTheTest() {
    assertFailure(
        run("die-after", selectClass(PassingTestCase.class)),
        HarnessException.class,
        text -> text.contains("the receiver ended with status 5"));
  }

  @Test
  void aTargetThatDoesNotStartFailsTheTest() {
    assertFailure(
        run("no-start", selectClass(PassingTestCase.class)),
        HarnessException.class,
        text -> text.contains("migrate: no such program"));
  }

  @Test
  void aRefusalFailsTheTestWithItsReason() {
    assertFailure(
        run("refuse", selectClass(PassingTestCase.class)),
        MoveFailedException.class,
        text -> text.contains("fd 7 (socket): not carried"));
  }

  @Test
  void aTestThatNeverMovesItsTargetPasses() {
    run("well", selectClass(NeverMovesTestCase.class))
        .testEvents()
        .assertStatistics(stats -> stats.started(2).succeeded(2));
  }

  @Test
  void testsInParallelDoNotMeet() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(ParallelTestCase.class))
        .configurationParameter("migrate.command", command("well"))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "3")
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.started(3).succeeded(3));
  }

  @Test
  void nestedClassesAndOneInstanceForAClassWork() {
    run("well", selectClass(OneInstanceTestCase.class))
        .testEvents()
        .assertStatistics(stats -> stats.started(3).succeeded(3));
  }

  @Test
  void theAnnotationWorksThroughAnother() {
    run("well", selectClass(ComposedTestCase.class))
        .testEvents()
        .assertStatistics(stats -> stats.started(1).succeeded(1));
  }

  static class PassingTestCase {

    @LiveMigrationTest(command = "counter", timeoutSeconds = 60)
    void goesOnCounting(LiveMigration migration) {
      migration.output().awaitNumber(20);
      MigrationReport report = migration.migrate();
      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      migration.output().awaitCountAfterMove(20);
      assertThat(migration.output().numbers()).isConsecutive().startsWith(1).hasAtLeast(40);
    }
  }

  static class FailingAssertionTestCase {

    @LiveMigrationTest(command = "counter")
    void wantsTwoMoves(LiveMigration migration) {
      migration.migrate();
      if (migration.handOvers().size() != 2) {
        throw new AssertionError("two hops were wanted");
      }
    }
  }

  static class NeverMovesTestCase {

    @LiveMigrationTest(command = "counter")
    void onlyCounts(LiveMigration migration) {
      migration.output().awaitNumber(5);
      assertThat(migration.targetPid()).isPositive();
    }

    @LiveMigrationTest(command = "counter")
    void doesNotEvenLook() {}
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelTestCase {

    @LiveMigrationTest(command = "counter")
    void one(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }

    @LiveMigrationTest(command = "counter")
    void two(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }

    @LiveMigrationTest(command = "counter")
    void three(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OneInstanceTestCase {

    private final Set<LiveMigration> seen = new HashSet<>();

    @LiveMigrationTest(command = "counter")
    void first(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
      assertThat(seen.add(migration)).isTrue();
    }

    @LiveMigrationTest(command = "counter")
    void second(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
      assertThat(seen.add(migration)).isTrue();
    }

    @Nested
    class Inside {

      @LiveMigrationTest(command = "counter")
      void third(LiveMigration migration) {
        new PassingTestCase().goesOnCounting(migration);
        assertThat(seen.add(migration)).isTrue();
      }
    }
  }

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @LiveMigrationTest(command = "counter")
  @interface CounterTest {}

  static class ComposedTestCase {

    @CounterTest
    void goesOnCounting(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }
  }
}
