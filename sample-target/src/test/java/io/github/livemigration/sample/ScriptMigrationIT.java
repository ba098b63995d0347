package io.github.livemigration.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.harness.MigrateCommand;
import io.github.livemigration.harness.NumberJudge;
import io.github.livemigration.harness.TargetCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are no JVMs move too, without a compiler on the machine. */
@Execution(ExecutionMode.CONCURRENT)
class ScriptMigrationIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "counter.py --interval-millis 1",
        "counter.py --interval-millis 1 --threads 4 --resident-mib 64",
        "counter.py --interval-millis 1 --spin",
        "counter.pl --interval-millis 1",
        "counter.pl --interval-millis 1 --resident-mib 64"
      })
  void theNumbersGoOn(String scriptAndArguments) {
    List<String> words = List.of(scriptAndArguments.split(" "));
    List<String> command = new ArrayList<>(Program.scriptCommand(words.get(0)));
    command.addAll(words.subList(1, words.size()));
    try (LiveMigrationHarness harness =
        LiveMigrationHarness.of(TargetCommand.ofCommand(command))
            .migrateCommand(MigrateCommand.ofThisRuntime().withRehearsals(0))
            .build()) {
      harness.start();
      harness.output().awaitNumber(100);

      harness.migrate();

      harness.output().awaitCountAfterMove(300);
      assertThat(NumberJudge.judge(harness.output().numbers()).describe())
          .contains("each exactly once, none missing");
    }
  }
}
