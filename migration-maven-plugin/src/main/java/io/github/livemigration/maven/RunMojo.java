package io.github.livemigration.maven;

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
public final class RunMojo extends AbstractTransferMojo {

  /**
   * The program and its arguments; as a property, apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.command")
  private List<String> command = List.of();

  /**
   * The signal that starts the migration; <code>USR2</code> unless it says otherwise.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.signal")
  private @Nullable String signal;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    ParameterProblems problems = new ParameterProblems("run");
    if (command.isEmpty() || command.get(0).isBlank()) {
      problems.add("command", "migrate.command", "is missing: the program to start");
    }
    checkTransfer(problems);
    problems.throwIfAny();
    judge("run", commandLine().runInForeground(arguments(), directory()));
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(transferArguments());
    if (signal != null) {
      arguments.addAll(List.of("--signal", signal));
    }
    arguments.add("--");
    arguments.addAll(command);
    return arguments;
  }
}
