package io.github.livemigration.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.harness.MigrateCommand;
import io.github.livemigration.harness.TargetCommand;
import io.github.livemigration.harness.VerifyResult;
import io.github.livemigration.harness.VerifyScenario;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A target that counts wrong after a move that went well is found out. */
@Execution(ExecutionMode.CONCURRENT)
class MisbehaviourIT {

  @ParameterizedTest
  @CsvSource({
    "skip, 401 is missing: after 400 came 402",
    "repeat, 400 came twice",
    "back, the numbers went back from 400 to 394"
  })
  void theFirstWrongNumberIsNamed(String fault, String problem) {
    List<Path> classPath =
        Arrays.stream(Program.classPath().split(File.pathSeparator)).map(Path::of).toList();
    TargetCommand target =
        TargetCommand.ofMainClass(
            MisbehavingCounter.class.getName(),
            classPath,
            List.of("-Xmx64m"),
            List.of("--fault", fault, "--after", "400", "--interval-millis", "10"));

    VerifyResult result =
        VerifyScenario.of(
                LiveMigrationHarness.of(target)
                    .migrateCommand(MigrateCommand.ofThisRuntime().withRehearsals(0))
                    .build())
            .numbersBefore(20)
            .numbersAfter(420)
            .run();

    assertThat(result.handOvers()).hasSize(1);
    assertThat(result.passed()).isFalse();
    assertThat(result.problem().orElseThrow()).startsWith(problem);
  }
}
