package io.github.livemigration.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.MoveFailedException;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The extension from outside, through the engine; a script stands in for the migration. */
class LiveMigrationExtensionTest {

  private static final Path FAKE =
      Path.of(
          System.getProperty("basedir", ""),
          "../migration-runtime/src/test/resources/io/github/livemigration/harness",
          "fake-migrate.py");

  @TempDir Path folder;
  private Path fake = FAKE;

  @BeforeEach
  void copyTheScriptToAPathOfItsOwn() throws IOException {
    fake = Files.copy(FAKE, folder.resolve("fake-migrate.py"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Leftovers.assertNone(fake.toString());
  }

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

  @Test
  void anUnfitHostFailsTheTestWithTheWordsOfDoctor() {
    assertFailure(
        run("unfit", selectClass(PassingTestCase.class)),
        HarnessException.class,
        text -> text.contains("sysctl -w vm.unprivileged_userfaultfd=1"));
  }

  @Test
  void anUnfitHostSkipsTheTestWhereItIsAskedTo() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(PassingTestCase.class))
        .configurationParameter("migrate.command", command("unfit"))
        .configurationParameter("migrate.unsupported", "skip")
        .execute()
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test(),
                skippedWithReason(
                    reason -> reason.contains("sysctl -w vm.unprivileged_userfaultfd=1"))));
  }

  @Test
  void aFitHostRunsTheTestWhereItIsAskedToSkip() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(PassingTestCase.class))
        .configurationParameter("migrate.command", command("well"))
        .configurationParameter("migrate.unsupported", "skip")
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(1));
  }

  @ParameterizedTest
  @CsvSource({
    "migrate.unsupported, ignore, fail or skip",
    "migrate.rehearsals, many, a number from 0 to 9999",
  })
  void parameterWithAValueThatItCannotHaveIsWrongUse(String name, String value, String wanted) {
    String told = "%s is %s, not '%s'".formatted(name, wanted, value);

    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(PassingTestCase.class))
        .configurationParameter(name, value)
        .execute()
        .testEvents()
        .assertThatEvents()
        .haveExactly(1, event(finishedWithFailure(message(text -> text.contains(told)))));
  }

  @Test
  void wrongUseIsToldBeforeAnythingIsStarted() {
    assertWrongUse("noTarget", "one of 'mainClass' and 'command' has to be the target");
    assertWrongUse("twoTargets", "only one of 'mainClass' and 'command' can be the target");
    assertWrongUse("noMain", "'mainClass' java.lang.String has no main method");
    assertWrongUse("strayArguments", "'arguments' belong to 'mainClass'");
    assertWrongUse("noTime", "'timeoutSeconds' is at least 1, not 0");
    assertWrongUse("badPattern", "the number pattern is not a regular expression");
  }

  @Test
  void aPlainTestGetsNoMigration() {
    assertFailure(
        run("well", selectMethod(PlainTestCase.class, "plainTest", LiveMigration.class)),
        ParameterResolutionException.class,
        text -> text.contains("LiveMigration"));
  }

  @Test
  void aReportIsKeptForEachMoveWhereAFolderIsGiven() throws IOException {
    Path reports = folder.resolve("reports");
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(PassingTestCase.class))
        .configurationParameter("migrate.command", command("well"))
        .configurationParameter("migrate.reportDirectory", reports.toString())
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(1));

    try (Stream<Path> files = Files.list(reports)) {
      assertThat(files)
          .singleElement()
          .extracting(file -> file.getFileName().toString())
          .asString()
          .matches(".*PassingTestCase\\.goesOnCounting-[0-9a-f]{8}-1\\.json");
    }
  }

  private EngineExecutionResults run(String behaviour, DiscoverySelector selector) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selector)
        .configurationParameter("migrate.command", command(behaviour))
        .execute();
  }

  private String command(String behaviour) {
    Path debian = Path.of("/usr/bin/python3");
    return (Files.isExecutable(debian) ? debian : "python3") + " " + fake + " " + behaviour;
  }

  private void assertWrongUse(String method, String problem) {
    EngineExecutionResults results = run("well", selectMethod(WrongUseTestCase.class, method));

    assertFailure(
        results,
        ExtensionConfigurationException.class,
        text -> text.contains(problem) && text.contains(method));
  }

  private static void assertFailure(
      EngineExecutionResults results,
      Class<? extends Throwable> type,
      Predicate<String> expectedMessage) {
    results
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1, event(test(), finishedWithFailure(instanceOf(type), message(expectedMessage))));
  }

  static class PassingTestCase {

    @LiveMigrationTest(command = "counter", timeoutSeconds = 10)
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

  static class WrongUseTestCase {

    @LiveMigrationTest
    void noTarget() {}

    @LiveMigrationTest(mainClass = String.class, command = "counter")
    void twoTargets() {}

    @LiveMigrationTest(mainClass = String.class)
    void noMain() {}

    @LiveMigrationTest(command = "counter", arguments = "5")
    void strayArguments() {}

    @LiveMigrationTest(command = "counter", timeoutSeconds = 0)
    void noTime() {}

    @LiveMigrationTest(command = "counter", numberPattern = "(")
    void badPattern() {}
  }

  static class PlainTestCase {

    @Test
    void plainTest(LiveMigration migration) {
      migration.output().awaitNumber(1);
    }
  }
}
