package io.github.livemigration.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Move a running process to a receiver.
 *
 * <p>The goal ends when the destination has everything and the process is gone from here. A process
 * that cannot be moved is refused by name of what it holds, and runs on unharmed.
 *
 * @since 0.1.0
 */
@Mojo(name = "send", requiresProject = false, threadSafe = true)
public final class SendMojo extends AbstractCommandLineMojo {

  /**
   * The id of the process to move.
   *
   * @since 0.1.0
   */
  @Parameter(property = "pid")
  private int pid;

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

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    ParameterProblems problems = new ParameterProblems("send");
    if (pid == 0) {
      problems.add("pid", "pid", "is missing: the id of the process to move");
    } else if (pid < 0) {
      problems.add("pid", "pid", "is " + pid + ", and a process id is positive");
    }
    Modes.check(mode, problems);
    problems.throwIfAny();
    judge("send", commandLine().runAndListen(arguments(), directory(), System.err));
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("send", "--pid", Integer.toString(pid)));
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
    return arguments;
  }
}
