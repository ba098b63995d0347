package io.github.livemigration.maven;

import io.github.livemigration.harness.MigrateCommand;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** A goal that moves processes, and warms up before it does. */
abstract class AbstractRehearsingMojo extends AbstractCommandLineMojo {

  /**
   * How many small processes of its own each side moves before the first real one, which then
   * stands still for a shorter time; 0 starts soonest. Without it the command line decides.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.rehearsals")
  private @Nullable Integer rehearsals;

  /** Judge the parameter. */
  final void checkRehearsals(ParameterProblems problems) {
    if (rehearsals != null && rehearsals < 0) {
      problems.add(
          "rehearsals", "migrate.rehearsals", "is " + rehearsals + ", and cannot be negative");
    }
  }

  /** Returns the parameter as an option of the command line. */
  final List<String> rehearsalArguments() {
    return rehearsals == null ? List.of() : List.of("--rehearsals", rehearsals.toString());
  }

  @Override
  MigrateCommand migrateCommand() throws MojoExecutionException {
    MigrateCommand command = super.migrateCommand();
    return rehearsals == null ? command : command.withRehearsals(rehearsals);
  }
}
