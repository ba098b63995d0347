package io.github.livemigration.cli;

import io.github.livemigration.session.ReceiverPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whom a receiver admits, and what. */
final class PolicyOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--allow-sender",
      paramLabel = "WHO",
      description =
          "Admit only senders with this certificate, by subject or SHA-256 fingerprint; may be"
              + " repeated.")
  private List<String> senders = new ArrayList<>();

  @Option(
      names = "--allow-uid",
      paramLabel = "UID",
      split = ",",
      description = "Admit only processes with these user ids; may be repeated.")
  private List<Integer> userIds = new ArrayList<>();

  @Option(
      names = "--allow-path",
      paramLabel = "FOLDER",
      description =
          "Admit only processes whose files lie below, programs and libraries included; may be"
              + " repeated.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--max-mib",
      paramLabel = "MIB",
      description = "Admit only processes with at most so much memory.")
  private long maxMib = Long.MAX_VALUE >> 20;

  @Option(
      names = "--max-threads",
      paramLabel = "N",
      description = "Admit only processes with at most so many threads.")
  private int maxThreads = Integer.MAX_VALUE;

  /**
   * Returns the policy.
   *
   * @param keysAreGiven whether senders have to prove who they are
   */
  ReceiverPolicy policy(boolean keysAreGiven) {
    if (!senders.isEmpty() && !keysAreGiven) {
      throw new ParameterException(
          spec.commandLine(), "--allow-sender needs --keystore and --truststore");
    }
    if (maxMib < 1 || maxThreads < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-mib and --max-threads must be 1 or more");
    }
    return new ReceiverPolicy(
        new HashSet<>(senders),
        new HashSet<>(userIds),
        maxMib > Long.MAX_VALUE >> 20 ? Long.MAX_VALUE : maxMib << 20,
        maxThreads,
        paths.stream().map(path -> path.toAbsolutePath().normalize()).toList());
  }
}
