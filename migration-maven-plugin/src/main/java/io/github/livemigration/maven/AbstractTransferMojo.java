package io.github.livemigration.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What the goals have in common that move a process to a receiver. */
abstract class AbstractTransferMojo extends AbstractPeerMojo {

  /**
   * The receiver, as <code>HOST:PORT</code>. Without it the file <code>receiver_info.txt</code> is
   * read, then the defaults are taken.
   *
   * @since 0.1.0
   */
  @Parameter(property = "to")
  private @Nullable String to;

  /**
   * How memory travels. So far <code>post-copy</code> is the only way; others are refused.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.mode")
  private @Nullable String mode;

  /**
   * Compare a checksum of every page with what was installed.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.verifyPages", defaultValue = "false")
  private boolean verifyPages;

  /**
   * Write a report of the migration here, as JSON.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.report")
  private @Nullable File report;

  /**
   * The folder where the session is noted, so that <code>migrate.resume</code> can go on if this
   * side dies. Without it <code>live-migration</code> in <code>$XDG_STATE_HOME</code> or <code>/run
   * </code>.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.state")
  private @Nullable File state;

  /** Judge the parameters. */
  final void checkTransfer(ParameterProblems problems) {
    Modes.check(mode, problems);
    checkRehearsals(problems);
  }

  /** Returns the parameters as options of the command line. */
  final List<String> transferArguments() {
    List<String> arguments = new ArrayList<>();
    if (to != null) {
      arguments.addAll(List.of("--to", to));
    }
    if (mode != null) {
      arguments.addAll(List.of("--mode", mode));
    }
    if (verifyPages) {
      arguments.add("--verify");
    }
    if (report != null) {
      arguments.addAll(List.of("--report", report.getPath()));
    }
    add(arguments, "--state", state);
    arguments.addAll(peerArguments());
    return arguments;
  }
}
