package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationException;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Rehearsal;
import io.github.livemigration.session.Sender;
import io.github.livemigration.session.SenderOptions;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code migrate send}. */
@Command(
    name = "send",
    description = "Moves a running process to a receiver now, or goes on with a session.",
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject = new Subject();

  /** What is to be moved. */
  static final class Subject {
    @Option(names = "--pid", paramLabel = "PID", description = "The process.")
    private @Nullable Integer pid;

    @Option(
        names = "--resume",
        paramLabel = "SESSION",
        description =
            "Go on with a session whose sender has died or given up after the point of no return:"
                + " its name or the path of its file.")
    private @Nullable String session;
  }

  @Mixin private TransferOptions transfer;
  @Mixin private RehearsalOptions rehearsals;

  @Override
  public Integer call() throws Exception {
    SenderOptions options = transfer.senderOptions();
    Rehearsal warmUp = rehearsals.rehearsal();
    Sender sender = new Sender(options, TransferOptions.listener());
    MigrationReport report =
        transfer.reporting(
            () ->
                subject.session != null
                    ? sender.resume(subject.session)
                    : send(sender, Objects.requireNonNull(subject.pid), warmUp));
    System.err.println(Words.of(report));
    return ExitStatus.DONE;
  }

  private static MigrationReport send(Sender sender, int pid, Rehearsal warmUp)
      throws MigrationException {
    sender.check(pid);
    warmUp.run();
    return sender.send(pid);
  }
}
