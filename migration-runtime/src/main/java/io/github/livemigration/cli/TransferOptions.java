package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationException;
import io.github.livemigration.session.MigrationListener;
import io.github.livemigration.session.MigrationMode;
import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.MigrationReportJson;
import io.github.livemigration.session.SenderOptions;
import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code send} and {@code run} have in common. */
final class TransferOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      converter = HostAndPort.class,
      description = "The receiver; without it receiver_info.txt, then 127.0.0.1:43000.")
  private @Nullable InetSocketAddress destination;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "post-copy",
      description = "When the memory travels: post-copy (default); hybrid is not there yet.")
  private String mode;

  @Option(names = "--verify", description = "Compare the content of every page at the end.")
  private boolean verify;

  @Mixin private TimeoutOptions timeouts;
  @Mixin private KeyOptions keys;

  @Option(
      names = "--state",
      paramLabel = "FOLDER",
      description =
          "Where the session is noted, so that 'send --resume' can go on if this program dies"
              + " (default: live-migration in $$XDG_STATE_HOME, else in /run for root, in $$XDG_RUNTIME_DIR or"
              + " ~/.local/state for others).")
  private @Nullable Path state;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a report as JSON.")
  private @Nullable Path report;

  SenderOptions senderOptions() throws IOException {
    MigrationMode chosen;
    try {
      chosen = MigrationMode.of(mode);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (chosen != MigrationMode.POST_COPY) {
      throw new ParameterException(
          spec.commandLine(), "--mode " + mode + " is not there yet; use --mode post-copy");
    }
    InetSocketAddress receiver = destination == null ? ReceiverInfo.find(Path.of("")) : destination;
    SenderOptions options =
        SenderOptions.to(receiver).withVerify(verify).withTimeouts(timeouts.timeouts());
    if (state != null) {
      options = options.withStateFolder(state.toAbsolutePath());
    }
    Optional<TlsKeys> loaded = keys.load();
    return loaded.isPresent() ? options.withKeys(loaded.get()) : options;
  }

  /** One migration. */
  interface Transfer {
    MigrationReport run() throws MigrationException, IOException;
  }

  /** Run a migration and write its report, however it ends. */
  MigrationReport reporting(Transfer transfer) throws MigrationException, IOException {
    try {
      MigrationReport done = transfer.run();
      write(done);
      return done;
    } catch (MigrationException e) {
      write(e.report());
      throw e;
    }
  }

  private void write(MigrationReport content) throws IOException {
    if (report != null) {
      MigrationReportJson.write(report, content);
    }
  }

  static MigrationListener listener() {
    return Terminal.showsErrors() ? new ProgressBar(System.err) : new PlainListener();
  }
}
