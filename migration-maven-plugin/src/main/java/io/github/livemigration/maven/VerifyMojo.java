package io.github.livemigration.maven;

import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.harness.NumberPattern;
import io.github.livemigration.harness.Summary;
import io.github.livemigration.harness.TargetCommand;
import io.github.livemigration.harness.VerifyReports;
import io.github.livemigration.harness.VerifyResult;
import io.github.livemigration.harness.VerifyScenario;
import io.github.livemigration.session.MigrationMode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Verify that a running program survives a migration.
 *
 * <p>The goal starts the program and a receiver in processes of their own, moves the program with
 * SIGUSR2 while it prints numbers, and checks that the numbers go on in increasing order across the
 * hand-over: each exactly once, none missing. It prints a summary, writes <code>report.json</code>,
 * <code>report.html</code> and a Surefire-style XML file, and fails the build with the first number
 * that is wrong.
 *
 * <p>The program is a <code>command</code> or a <code>mainClass</code> of the project. Without
 * either, the goal runs the project's <code>&#64;LiveMigrationTest</code> tests.
 *
 * @since 0.1.0
 */
@Mojo(
    name = "verify",
    defaultPhase = LifecyclePhase.VERIFY,
    requiresDependencyResolution = ResolutionScope.TEST,
    threadSafe = true)
public final class VerifyMojo extends AbstractRehearsingMojo {

  /**
   * The program to move, and its arguments; as a property, apart by commas. It prints numbers on
   * its standard output.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.command")
  private List<String> command = List.of();

  /**
   * The main class to move, run on the class path of the project.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.mainClass")
  private @Nullable String mainClass;

  /**
   * Arguments of the main class; as a property, apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.arguments")
  private List<String> arguments = List.of();

  /**
   * Arguments of the JVM that runs the main class, such as <code>-Xmx64m</code>; as a property,
   * apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.jvmArguments")
  private List<String> jvmArguments = List.of();

  /**
   * The class path of the main class: <code>runtime</code> or <code>test</code>.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.classPathScope", defaultValue = "runtime")
  private String classPathScope = "runtime";

  /**
   * A regular expression for the number in a line of output: its first group, or all of it. Without
   * it, every word that is a decimal number counts.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.numberPattern")
  private @Nullable String numberPattern;

  /**
   * How many numbers the program prints before it is moved.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.numbersBefore", defaultValue = "20")
  private int numbersBefore;

  /**
   * How many numbers the program prints after each move.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.numbersAfter", defaultValue = "20")
  private int numbersAfter;

  /**
   * How often the program is moved, each time to another receiver.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.hops", defaultValue = "1")
  private int hops;

  /**
   * How long each step may take, in seconds.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.timeoutSeconds", defaultValue = "60")
  private int timeoutSeconds;

  /**
   * How memory travels. So far <code>post-copy</code> is the only way; others are refused.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.mode", defaultValue = "post-copy")
  private String mode = "post-copy";

  /**
   * Compare a checksum of every page with what was installed.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.verifyPages", defaultValue = "true")
  private boolean verifyPages = true;

  /**
   * The folder that the reports are written to.
   *
   * @since 0.1.0
   */
  @Parameter(
      property = "migrate.reportDirectory",
      defaultValue = "${project.build.directory}/migrate")
  private File reportDirectory = new File("target/migrate");

  @Parameter(defaultValue = "${project}", readonly = true, required = true)
  private MavenProject project;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    checkParameters();
    if (command.isEmpty() && mainClass == null) {
      new LiveMigrationTests(getLog(), project, classPaths(), repositorySession())
          .run(reportDirectory.toPath());
    } else {
      moveTarget();
    }
  }

  private void moveTarget() throws MojoExecutionException, MojoFailureException {
    TargetCommand target = target();
    getLog().info("Moving a running process: " + target);
    VerifyResult result =
        VerifyScenario.of(
                LiveMigrationHarness.of(target)
                    .mode(MigrationMode.of(mode))
                    .verifyPages(verifyPages)
                    .timeout(Duration.ofSeconds(timeoutSeconds))
                    .numbers(numbers())
                    .migrateCommand(migrateCommand())
                    .build())
            .hops(hops)
            .numbersBefore(numbersBefore)
            .numbersAfter(numbersAfter)
            .run();
    Path folder = reportDirectory.toPath();
    VerifyReports.write(folder, result);
    Summary.of(result, folder).lines().forEach(getLog()::info);
    if (!result.passed()) {
      throw new MojoFailureException(result.problem().orElse("the numbers are wrong"));
    }
  }

  void checkParameters() throws MojoExecutionException {
    ParameterProblems problems = new ParameterProblems("verify");
    if (!command.isEmpty() && mainClass != null) {
      problems.add("mainClass", "migrate.mainClass", "and <command> exclude each other");
    }
    if (!command.isEmpty() && !(arguments.isEmpty() && jvmArguments.isEmpty())) {
      problems.add(
          "arguments",
          "migrate.arguments",
          "and <jvmArguments> go with <mainClass>; put them into <command>");
    }
    if (!classPathScope.equals("runtime") && !classPathScope.equals("test")) {
      problems.add(
          "classPathScope",
          "migrate.classPathScope",
          "is '" + classPathScope + "', and must be runtime or test");
    }
    problems.requirePositive("numbersBefore", "migrate.numbersBefore", numbersBefore);
    problems.requirePositive("numbersAfter", "migrate.numbersAfter", numbersAfter);
    problems.requirePositive("hops", "migrate.hops", hops);
    problems.requirePositive("timeoutSeconds", "migrate.timeoutSeconds", timeoutSeconds);
    Modes.check(mode, problems);
    checkRehearsals(problems);
    problems.throwIfAny();
  }

  TargetCommand target() throws MojoExecutionException {
    if (mainClass == null) {
      return TargetCommand.ofCommand(command).inDirectory(directory());
    }
    List<Path> classPath = classPath();
    requireCompiled(mainClass);
    return TargetCommand.ofMainClass(mainClass, classPath, jvmArguments, arguments)
        .inDirectory(directory());
  }

  private NumberPattern numbers() {
    return numberPattern == null
        ? NumberPattern.whiteSpaceSeparated()
        : NumberPattern.inLines(numberPattern);
  }

  private List<Path> classPath() throws MojoExecutionException {
    try {
      List<String> elements =
          classPathScope.equals("test")
              ? project.getTestClasspathElements()
              : project.getRuntimeClasspathElements();
      return elements.stream().map(Path::of).toList();
    } catch (DependencyResolutionRequiredException e) {
      throw new MojoExecutionException("the class path of the project is not resolved", e);
    }
  }

  /** A goal that is called alone finds nothing compiled: say so, rather than let the JVM fail. */
  private void requireCompiled(String name) throws MojoExecutionException {
    Path classes = Path.of(project.getBuild().getOutputDirectory());
    Path testClasses = Path.of(project.getBuild().getTestOutputDirectory());
    if (!Files.isDirectory(classes) && !Files.isDirectory(testClasses)) {
      throw new MojoExecutionException(
          "migrate:verify: nothing is compiled that could hold "
              + name
              + "; run `mvn test-compile migrate:verify`");
    }
  }
}
