package io.github.livemigration.junit;

import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs the extension from outside, through the engine; a script stands in for the migration. */
abstract class ExtensionRuns {

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

  EngineExecutionResults run(String behaviour, DiscoverySelector selector) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selector)
        .configurationParameter("migrate.command", command(behaviour))
        .execute();
  }

  String command(String behaviour) {
    Path debian = Path.of("/usr/bin/python3");
    return (Files.isExecutable(debian) ? debian : "python3") + " " + fake + " " + behaviour;
  }

  static void assertFailure(
      EngineExecutionResults results,
      Class<? extends Throwable> type,
      Predicate<String> expectedMessage) {
    results
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1, event(test(), finishedWithFailure(instanceOf(type), message(expectedMessage))));
  }
}
