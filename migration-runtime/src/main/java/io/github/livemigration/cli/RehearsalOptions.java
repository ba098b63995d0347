package io.github.livemigration.cli;

import io.github.livemigration.session.Rehearsal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How much a program that moves processes warms up before it does. */
final class RehearsalOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--rehearsals",
      paramLabel = "N",
      defaultValue = "80",
      description =
          "How many small processes of its own to move at first, in at most four seconds, so that"
              + " the first real one stands still for a shorter time (default: ${DEFAULT-VALUE}).")
  private int rounds;

  /** Returns what to do before anything is moved. */
  Rehearsal rehearsal() {
    if (rounds < 0) {
      throw new ParameterException(spec.commandLine(), "--rehearsals must be 0 or more");
    }
    return new Rehearsal(rounds);
  }
}
