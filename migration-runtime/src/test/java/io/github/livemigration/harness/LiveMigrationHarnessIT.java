package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness with real migrations. */
class LiveMigrationHarnessIT {

  private static final String COUNT =
      """
      import os, sys, time
      number = 1
      while True:
          os.write(1, b"%d\\n" % number)
          number += 1
          time.sleep(0.002)
      """;

  private final List<ProcessHandle> targets = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(FakeMigrate.scratchFolders()).isEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                    .isEmpty());
    assertThat(targets).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void theNumbersGoOnOverTwoMoves() {
    try (LiveMigrationHarness harness = unrehearsed(python(COUNT))) {
      harness.start();
      remember(harness);
      for (int hop = 1; hop <= 2; hop++) {
        harness.output().awaitNumber(hop * 50L);
        harness.migrate();
        remember(harness);
        harness.output().awaitCountAfterMove(50);
      }

      assertThat(NumberJudge.judge(harness.output().numbers()).describe())
          .contains("each exactly once, none missing");
    }
  }

  @Test
  void aTargetThatEndsDuringTheMoveIsTold() {
    String ends = "import signal, os\nsignal.alarm(1)\n" + COUNT;
    try (LiveMigrationHarness harness = unrehearsed(python(ends))) {
      harness.start();
      remember(harness);

      assertThatThrownBy(() -> harness.output().awaitNumber(100_000))
          .isInstanceOf(HarnessException.class)
          .hasMessageContaining("the target has ended");
      assertThatThrownBy(harness::migrate)
          .isInstanceOf(MoveFailedException.class)
          .hasMessageContaining("the target ended before it could be moved");
    }
  }

  @Test
  void theVerdictAndTheReportsOfARealMove() throws IOException {
    VerifyResult result =
        VerifyScenario.of(LiveMigrationHarness.of(python(COUNT)).build())
            .numbersBefore(100)
            .numbersAfter(300)
            .run();
    VerifyReports.write(folder, result);

    assertThat(result.problem()).isEmpty();
    assertThat(result.passed()).isTrue();
    assertThat(result.report().orElseThrow().downtimeMillis()).isPositive();
    assertThat(result.largestGap().orElseThrow().duration()).isPositive();
    assertThat(Files.readString(folder.resolve("report.json"))).contains("\"passed\"");
  }

  @Test
  void aTargetThatCannotBeCarriedRunsOnAndTheReasonIsTold() {
    String socket = "import socket\nheld = socket.create_server(('127.0.0.1', 0))\n" + COUNT;
    try (LiveMigrationHarness harness = unrehearsed(python(socket))) {
      harness.start();
      remember(harness);
      harness.output().awaitNumber(20);

      assertThatThrownBy(harness::migrate)
          .isInstanceOf(MoveFailedException.class)
          .hasMessageContaining("refused")
          .hasMessageContaining("socket");
      long last = harness.output().numbers().last().orElseThrow();
      harness.output().awaitNumber(last + 50);
      assertThat(NumberJudge.judge(harness.output().numbers()).mistake()).isEmpty();
    }
  }

  /** Without rehearsals a move takes longer, which no test here judges. */
  private static LiveMigrationHarness unrehearsed(TargetCommand target) {
    return LiveMigrationHarness.of(target)
        .migrateCommand(MigrateCommand.ofThisRuntime().withRehearsals(0))
        .build();
  }

  private void remember(LiveMigrationHarness harness) {
    ProcessHandle.of(harness.targetPid()).ifPresent(targets::add);
  }

  private static TargetCommand python(String program) {
    Path debian = Path.of("/usr/bin/python3");
    String interpreter = Files.isExecutable(debian) ? debian.toString() : "python3";
    return TargetCommand.ofCommand(List.of(interpreter, "-c", program));
  }
}
