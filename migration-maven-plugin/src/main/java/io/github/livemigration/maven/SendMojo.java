package io.github.livemigration.maven;

import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Move a running process to a receiver.
 *
 * <p>The goal ends when the destination has everything and the process is gone from here. A process
 * that cannot be moved is refused by name of what it holds, and runs on unharmed.
 *
 * @since 0.1.0
 */
@Mojo(name = "send", requiresProject = false, threadSafe = true)
public final class SendMojo extends AbstractTransferMojo {

  /**
   * The id of the process to move.
   *
   * @since 0.1.0
   */
  @Parameter(property = "pid")
  private int pid;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    ParameterProblems problems = new ParameterProblems("send");
    if (pid == 0) {
      problems.add("pid", "pid", "is missing: the id of the process to move");
    } else if (pid < 0) {
      problems.add("pid", "pid", "is " + pid + ", and a process id is positive");
    }
    checkTransfer(problems);
    problems.throwIfAny();
    judge("send", commandLine().runAndListen(arguments(), directory(), System.err));
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("send", "--pid", Integer.toString(pid)));
    arguments.addAll(transferArguments());
    return arguments;
  }
}
