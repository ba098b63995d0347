package io.github.livemigration.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.MoveFailedException;
import io.github.livemigration.session.MigrationReport;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The extension from outside, through the engine, with real migrations. */
class LiveMigrationExtensionIT {

  /** In the arguments of every process that these tests start, source and destination alike. */
  private static final String MARKER = "live-migration-extension-it";

  private static final String MARKED = "-Dmarker=" + MARKER;

  @AfterEach
  void nothingIsLeft() throws IOException {
    Leftovers.assertNone(MARKED);
  }

  @Test
  void aTestThatMovesItsTargetPasses() {
    run(PassingTestCase.class).testEvents().assertStatistics(stats -> stats.succeeded(1));
  }

  @Test
  void aTestThatFailsLeavesNothing() {
    ExtensionRuns.assertFailure(
        run(FailingTestCase.class), AssertionError.class, "on purpose, after the move"::equals);
  }

  @Test
  void aTestThatNeverMovesItsTargetPasses() {
    run(NeverMovesTestCase.class).testEvents().assertStatistics(stats -> stats.succeeded(1));
  }

  @Test
  void aTargetThatDiesBeforeTheMoveFailsTheTest() {
    ExtensionRuns.assertFailure(
        run(DiesBeforeTestCase.class),
        HarnessException.class,
        text -> text.contains("the last number was 10") && text.contains("status 3"));
  }

  @Test
  void aTargetThatDiesDuringTheMoveFailsTheTest() {
    ExtensionRuns.assertFailure(
        run(DiesDuringTestCase.class),
        MoveFailedException.class,
        text -> text.contains("the target ended during the move"));
  }

  @Test
  void aTargetThatDiesAfterTheMoveFailsTheTest() {
    ExtensionRuns.assertFailure(
        run(DiesAfterTestCase.class),
        HarnessException.class,
        text -> text.contains("the target has ended") && text.contains("the receiver ended with"));
  }

  @Test
  void testsInParallelDoNotMeet() {
    engine(ParallelTestCase.class)
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(2));
  }

  private static EngineExecutionResults run(Class<?> testClass) {
    return engine(testClass).execute();
  }

  /** Without rehearsals a target stands still longer, which no test here judges. */
  private static EngineTestKit.Builder engine(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(testClass))
        .configurationParameter("migrate.rehearsals", "0");
  }

  /** A target: counts up to a number, and ends with a status. */
  static final class Ticker {

    private Ticker() {}

    /** Count to the first argument, and end with the second. */
    public static void main(String[] arguments) {
      for (long number = 1; number <= Long.parseLong(arguments[0]); number++) {
        System.out.println(number);
        LockSupport.parkNanos(5_000_000);
      }
      System.exit(Integer.parseInt(arguments[1]));
    }
  }

  static class PassingTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void goesOnCounting(LiveMigration migration) {
      migration.output().awaitNumber(20);
      long before = migration.targetPid();
      MigrationReport report = migration.migrate();
      migration.output().awaitCountAfterMove(20);
      assertThat(migration.output().numbers()).isConsecutive();
      assertThat(report.hostPid()).isEqualTo((int) migration.targetPid());
      assertThat(migration.targetPid()).isNotEqualTo(before);
      assertThat(ProcessHandle.of(before)).isEmpty();
    }
  }

  static class FailingTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void fails(LiveMigration migration) {
      migration.migrate();
      throw new AssertionError("on purpose, after the move");
    }
  }

  static class NeverMovesTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void onlyCounts(LiveMigration migration) {
      migration.output().awaitNumber(5);
    }
  }

  static class DiesBeforeTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"10", "3"},
        jvmArguments = MARKED)
    void waitsInVain(LiveMigration migration) {
      migration.output().awaitNumber(20);
    }
  }

  static class DiesDuringTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void movesInVain(LiveMigration migration) {
      ProcessHandle target = ProcessHandle.of(migration.targetPid()).orElseThrow();
      CompletableFuture<Void> killer =
          CompletableFuture.runAsync(
              target::destroyForcibly, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
      try {
        migration.migrate();
      } finally {
        killer.join();
      }
    }
  }

  static class DiesAfterTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void waitsInVain(LiveMigration migration) {
      migration.output().awaitNumber(10);
      migration.migrate();
      ProcessHandle.of(migration.targetPid()).orElseThrow().destroyForcibly();
      migration.output().awaitNumber(1_000_000);
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelTestCase {

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void one(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }

    @LiveMigrationTest(
        mainClass = Ticker.class,
        arguments = {"100000", "0"},
        jvmArguments = MARKED)
    void two(LiveMigration migration) {
      new PassingTestCase().goesOnCounting(migration);
    }
  }
}
