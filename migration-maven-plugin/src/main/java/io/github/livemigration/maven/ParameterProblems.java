package io.github.livemigration.maven;

import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;

/**
 * Collects what is wrong with the parameters of a goal, so that the user reads all of it at once.
 */
final class ParameterProblems {

  private static final int HIGHEST_PORT = 65535;

  private final String goal;
  private final List<String> problems = new ArrayList<>();

  ParameterProblems(String goal) {
    this.goal = goal;
  }

  /** Add one: which parameter, by its XML element and its property, and what it must be. */
  void add(String element, String property, String problem) {
    problems.add("<" + element + "> (-D" + property + ") " + problem);
  }

  void requirePort(String element, String property, int value) {
    if (value < 0 || value > HIGHEST_PORT) {
      add(element, property, "is " + value + ", and a port is 0 to " + HIGHEST_PORT);
    }
  }

  void requirePositive(String element, String property, long value) {
    if (value <= 0) {
      add(element, property, "is " + value + ", and must be at least 1");
    }
  }

  /** Throw if there was anything to add. */
  void throwIfAny() throws MojoExecutionException {
    if (problems.size() == 1) {
      throw new MojoExecutionException("migrate:" + goal + ": " + problems.get(0));
    }
    if (!problems.isEmpty()) {
      throw new MojoExecutionException(
          "migrate:"
              + goal
              + ": "
              + problems.size()
              + " parameters are wrong:\n  "
              + String.join("\n  ", problems));
    }
  }
}
