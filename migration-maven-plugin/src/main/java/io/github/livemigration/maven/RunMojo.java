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
 * Start a program, and move it when it gets a signal.
 *
 * <p>The program runs at full speed until then, and every other signal reaches it as ever. An
 * example is <code>mvn migrate:run -Dmigrate.command=python3,-u,count.py</code>, and then <code>
 * kill
 * -USR2</code> with the id of the program.
 *
 * @since 0.1.0
 */
@Mojo(name = "run", requiresProject = false, threadSafe = true)
public final class RunMojo extends AbstractCommandLineMojo {

  /**
   * The program and its arguments; as a property, apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.command")
  private List<String> command = List.of();

  /**
   * The receiver, as <code>HOST:PORT</code>. Without it the file <code>receiver_info.txt</code> is
   * read, then the defaults are taken.
   *
   * @since 0.1.0
   */
  @Parameter(property = "to")
  private @Nullable String to;

  /**
   * The signal that starts the migration; <code>USR2</code> unless it says otherwise.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.signal")
  private @Nullable String signal;

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
    ParameterProblems problems = new ParameterProblems("run");
    if (command.isEmpty() || command.get(0).isBlank()) {
      problems.add("command", "migrate.command", "is missing: the program to start");
    }
    Modes.check(mode, problems);
    problems.throwIfAny();
    judge("run", commandLine().runInForeground(arguments(), directory()));
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("run"));
    if (to != null) {
      arguments.addAll(List.of("--to", to));
    }
    if (signal != null) {
      arguments.addAll(List.of("--signal", signal));
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
    arguments.add("--");
    arguments.addAll(command);
    return arguments;
  }
}
