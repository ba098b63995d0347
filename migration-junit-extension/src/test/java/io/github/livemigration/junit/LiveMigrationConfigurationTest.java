package io.github.livemigration.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.livemigration.harness.HarnessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What users can configure, what they can do wrong, and what they are told then. */
class LiveMigrationConfigurationTest extends ExtensionRuns {

  @Test
  void anUnfitHostFailsTheTestWithTheWordsOfDoctor() {
    assertFailure(
        run("unfit", selectClass(LiveMigrationExtensionTest.PassingTestCase.class)),
        HarnessException.class,
        text -> text.contains("sysctl -w vm.unprivileged_userfaultfd=1"));
  }

  @Test
  void anUnfitHostSkipsTheTestWhereItIsAskedTo() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(LiveMigrationExtensionTest.PassingTestCase.class))
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
        .selectors(selectClass(LiveMigrationExtensionTest.PassingTestCase.class))
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
        .selectors(selectClass(LiveMigrationExtensionTest.PassingTestCase.class))
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
        .selectors(selectClass(LiveMigrationExtensionTest.PassingTestCase.class))
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

  private void assertWrongUse(String method, String problem) {
    EngineExecutionResults results = run("well", selectMethod(WrongUseTestCase.class, method));

    assertFailure(
        results,
        ExtensionConfigurationException.class,
        text -> text.contains(problem) && text.contains(method));
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
