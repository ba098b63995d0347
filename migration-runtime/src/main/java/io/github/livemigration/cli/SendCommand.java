package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Rehearsal;
import io.github.livemigration.session.Sender;
import io.github.livemigration.session.SenderOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code migrate send}. */
@Command(
    name = "send",
    description = "Moves a running process to a receiver now.",
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  @Option(names = "--pid", required = true, paramLabel = "PID", description = "The process.")
  private int pid;

  @Mixin private TransferOptions transfer;

  @Override
  public Integer call() throws Exception {
    SenderOptions options = transfer.senderOptions();
    Sender sender = new Sender(options, TransferOptions.listener());
    MigrationReport report =
        transfer.reporting(
            () -> {
              sender.check(pid);
              Rehearsal.ofSending().run();
              return sender.send(pid);
            });
    System.err.println(Words.of(report));
    return ExitStatus.DONE;
  }
}
