package io.github.livemigration.cli;

import io.github.livemigration.session.Receiver;
import io.github.livemigration.session.ReceiverOptions;
import io.github.livemigration.session.Rehearsal;
import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code migrate receive}. */
@Command(
    name = "receive",
    description = "Listens and restores what arrives.",
    mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "PORT", description = "Same as --port.")
  private @Nullable Integer positionalPort;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on (default: 43000); 0 lets the kernel choose.")
  private @Nullable Integer port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = ReceiverInfo.DEFAULT_HOST,
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private InetAddress bind;

  @Option(
      names = "--insecure",
      description =
          "Allow an address that other hosts reach, though nobody has to prove who they are.")
  private boolean insecure;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after N processes have ended, with the last one's exit status.")
  private @Nullable Integer count;

  @Mixin private TimeoutOptions timeouts;
  @Mixin private KeyOptions keys;
  @Mixin private PolicyOptions policy;
  @Mixin private RehearsalOptions rehearsals;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a report as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--state",
      paramLabel = "FOLDER",
      description =
          "Where sessions are noted: a receiver that is started again with the same folder, after"
              + " this one has died, goes on with those whose pages had not all arrived.")
  private @Nullable Path state;

  @Option(
      names = "--end-with-receiver",
      description =
          "Processes that have moved here are killed when the receiver ends, however it ends.")
  private boolean endWithReceiver;

  @Override
  public Integer call() throws Exception {
    int chosen = choosePort();
    if (count != null && count < 1) {
      throw new ParameterException(spec.commandLine(), "--count must be 1 or more");
    }
    if (!bind.isLoopbackAddress() && !insecure && !keys.areGiven()) {
      throw new ParameterException(
          spec.commandLine(),
          "--bind "
              + bind.getHostAddress()
              + " lets every host that reaches it start processes here; give --keystore and"
              + " --truststore, or add --insecure if that is meant");
    }
    ReceiveProgress progress = new ReceiveProgress(report, count == null ? 0 : count);
    InetSocketAddress address = new InetSocketAddress(bind, chosen);
    ReceiverOptions options =
        ReceiverOptions.on(address)
            .withTimeouts(timeouts.timeouts())
            .withPolicy(policy.policy(keys.areGiven()))
            .withEndWithReceiver(endWithReceiver);
    if (state != null) {
      options = options.withStateFolder(state);
    }
    Rehearsal warmUp = rehearsals.rehearsal();
    Optional<TlsKeys> loaded = keys.load();
    if (loaded.isPresent()) {
      options = options.withKeys(loaded.get());
    }
    try (Receiver receiver = listen(options, progress)) {
      warmUp.run();
      receiver.open();
      System.err.println("listening on " + words(receiver.address()));
      return progress.awaitEnd();
    }
  }

  private int choosePort() {
    if (port != null && positionalPort != null && !port.equals(positionalPort)) {
      throw new ParameterException(
          spec.commandLine(), "two ports are given: " + positionalPort + " and --port " + port);
    }
    Integer given = port == null ? positionalPort : port;
    int chosen = given == null ? ReceiverInfo.DEFAULT_PORT : given;
    if (chosen < 0 || chosen > MAX_PORT) {
      throw new ParameterException(spec.commandLine(), chosen + " is not a port (0 to 65535)");
    }
    return chosen;
  }

  private static Receiver listen(ReceiverOptions options, ReceiveProgress progress)
      throws IOException {
    try {
      return Receiver.bind(options, progress);
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on "
              + words(options.address())
              + ": "
              + e.getMessage()
              + "; end what listens there or choose another --port",
          e);
    }
  }

  private static String words(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
