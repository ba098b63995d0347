package io.github.livemigration.maven;

import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Tell what this host can do: kernel, rights, userfaultfd, namespaces, limits.
 *
 * <p>For each thing that is missing it names the command that mends it. The goal fails where a
 * migration cannot work.
 *
 * @since 0.1.0
 */
@Mojo(name = "doctor", requiresProject = false, threadSafe = true)
public final class DoctorMojo extends AbstractCommandLineMojo {

  /**
   * Print JSON instead of words.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.json", defaultValue = "false")
  private boolean json;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    CommandLine.Ending ending = commandLine().runInForeground(arguments(), directory());
    if (ending.exitStatus() == 1) {
      throw new MojoFailureException(
          "A migration cannot work on this host. What is missing, and the command that mends it,"
              + " is above.");
    }
    judge("doctor", ending);
  }

  List<String> arguments() {
    return json ? List.of("doctor", "--json") : List.of("doctor");
  }
}
