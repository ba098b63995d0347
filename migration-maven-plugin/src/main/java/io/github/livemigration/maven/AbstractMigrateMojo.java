package io.github.livemigration.maven;

import io.github.livemigration.harness.HarnessException;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;

/** What all goals share: they can be skipped, and say what they cannot do in the same way. */
abstract class AbstractMigrateMojo extends AbstractMojo {

  /**
   * Skip every goal of this plugin.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.skip", defaultValue = "false")
  private boolean skip;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Skipped, as migrate.skip says.");
      return;
    }
    try {
      migrate();
    } catch (HarnessException e) {
      throw new MojoExecutionException(e.getMessage(), e);
    }
  }

  /**
   * Do what the goal is for.
   *
   * @throws MojoFailureException if what was judged is bad
   * @throws MojoExecutionException if it could not be judged
   */
  abstract void migrate() throws MojoExecutionException, MojoFailureException;
}
