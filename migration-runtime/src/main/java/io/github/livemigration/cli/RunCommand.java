package io.github.livemigration.cli;

import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.session.LaunchedTarget;
import io.github.livemigration.session.MigrationFailedException;
import io.github.livemigration.session.MigrationRefusedException;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.MigrationRolledBackException;
import io.github.livemigration.session.Rehearsal;
import io.github.livemigration.session.Sender;
import io.github.livemigration.session.TargetEvent;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code migrate run}. */
@Command(
    name = "run",
    description = "Starts a program; a signal to it starts its migration.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Option(
      names = "--signal",
      paramLabel = "NAME",
      defaultValue = "USR2",
      converter = SignalName.class,
      description = "The signal that starts the migration (default: USR2).")
  private int signal;

  @Mixin private TransferOptions transfer;
  @Mixin private RehearsalOptions rehearsals;

  @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "Program and arguments.")
  private List<String> command;

  @Override
  public Integer call() throws Exception {
    transfer.senderOptions(); // Wrong options are told before the program starts.
    Rehearsal warmUp = rehearsals.rehearsal();
    try (LaunchedTarget target = launch()) {
      System.err.println("target started: pid " + target.pid());
      warmUp.run();
      ErrorReport errors = main.errors();
      while (true) {
        TargetEvent event = target.awaitEvent();
        if (event instanceof TargetEvent.Ended ended) {
          return ended.exitStatus();
        }
        if (event instanceof TargetEvent.Lost lost) {
          throw new IllegalStateException(
              "the target cannot be supervised any more, it runs on alone: " + lost.reason());
        }
        try {
          Sender sender = new Sender(transfer.senderOptions(), TransferOptions.listener());
          MigrationReport report = transfer.reporting(() -> sender.send(target));
          System.err.println(Words.of(report));
          return ExitStatus.DONE;
        } catch (MigrationRefusedException | MigrationRolledBackException e) {
          errors.print(e);
        } catch (MigrationFailedException e) {
          return errors.print(e);
        }
      }
    }
  }

  private LaunchedTarget launch() throws Exception {
    try {
      return LaunchedTarget.launch(command, signal, KeyOptions.PASSWORD);
    } catch (SystemCallException e) {
      throw new IllegalArgumentException(
          "'" + command.get(0) + "' cannot be started: " + e.getMessage(), e);
    }
  }
}
