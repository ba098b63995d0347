package io.github.livemigration.maven;

import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Move a running process to a receiver, or go on with a session whose sender has died.
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

  /**
   * The session to go on with, instead of a process: its name, or the path of its file. For a
   * sender that has died or given up after the point of no return.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.resume")
  private @Nullable String resume;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    ParameterProblems problems = new ParameterProblems("send");
    if (resume != null && pid != 0) {
      problems.add("resume", "migrate.resume", "and <pid> exclude each other");
    } else if (resume == null && pid == 0) {
      problems.add("pid", "pid", "is missing: the id of the process to move");
    } else if (pid < 0) {
      problems.add("pid", "pid", "is " + pid + ", and a process id is positive");
    }
    checkTransfer(problems);
    problems.throwIfAny();
    judge("send", commandLine().runAndListen(arguments(), directory(), System.err));
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("send"));
    arguments.addAll(
        resume == null ? List.of("--pid", Integer.toString(pid)) : List.of("--resume", resume));
    arguments.addAll(transferArguments());
    return arguments;
  }
}
