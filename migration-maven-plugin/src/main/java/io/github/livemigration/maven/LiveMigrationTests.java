package io.github.livemigration.maven;

import io.github.livemigration.maven.launcher.TestLauncher;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;

/**
 * Runs the {@code @LiveMigrationTest} tests of a project through the JUnit Platform Launcher, in a
 * JVM of their own and at the version of JUnit that the project uses.
 */
final class LiveMigrationTests {

  private static final String NOTHING_TO_VERIFY =
      "migrate:verify: nothing to verify in this project. Configure a <command> or a <mainClass>,"
          + " or write a test with @LiveMigrationTest.";

  private final Log log;
  private final MavenProject project;
  private final ClassPaths classPaths;
  private final RepositorySystemSession session;

  LiveMigrationTests(
      Log log, MavenProject project, ClassPaths classPaths, RepositorySystemSession session) {
    this.log = log;
    this.project = project;
    this.classPaths = classPaths;
    this.session = session;
  }

  /** Run them all, write the reports, and fail with the first test that failed. */
  void run(Path reportDirectory) throws MojoExecutionException, MojoFailureException {
    Path testClasses = Path.of(project.getBuild().getTestOutputDirectory());
    if (!Files.isDirectory(testClasses)) {
      throw new MojoExecutionException(NOTHING_TO_VERIFY);
    }
    TestRun run;
    try {
      Files.createDirectories(reportDirectory);
      Path results = Files.createTempFile(reportDirectory, "tests-", ".properties");
      try {
        fork(testClasses, results);
        run = TestRun.of(read(results));
      } finally {
        Files.deleteIfExists(results);
      }
      if (run.tests().isEmpty()) {
        throw new MojoExecutionException(NOTHING_TO_VERIFY);
      }
      TestRunReports.write(reportDirectory, run);
    } catch (IOException e) {
      throw new MojoExecutionException(
          "cannot write the reports to " + reportDirectory + ": " + e.getMessage(), e);
    }
    run.summary(reportDirectory).forEach(log::info);
    Optional<TestRun.Test> failure = run.firstFailure();
    if (failure.isPresent()) {
      throw new MojoFailureException(
          failure.get().shortName() + " failed: " + failure.get().message());
    }
  }

  private void fork(Path testClasses, Path results) throws IOException, MojoExecutionException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(TestLauncher.class.getName());
    command.add(testClasses.toString());
    command.add(results.toString());
    Process process =
        new ProcessBuilder(command)
            .directory(project.getBasedir())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
      output.lines().forEach(log::info);
    }
    try {
      int exitStatus = process.waitFor();
      if (exitStatus != 0) {
        throw new MojoExecutionException(
            "the JVM that ran the tests ended with exit status "
                + exitStatus
                + "; its words are above");
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted while the tests ran", e);
    }
  }

  /** The project's test class path, then what it lacks to run the launcher, then this plugin. */
  private List<Path> classPath() throws MojoExecutionException {
    Map<String, Path> launcher = new LinkedHashMap<>();
    String platform =
        versionOf("org.junit.platform", "junit-platform-commons")
            .orElseThrow(() -> new MojoExecutionException(NOTHING_TO_VERIFY));
    addMissing("org.junit.platform:junit-platform-launcher:" + platform, launcher);
    Optional<String> jupiter = versionOf("org.junit.jupiter", "junit-jupiter-api");
    if (jupiter.isPresent()) {
      addMissing("org.junit.jupiter:junit-jupiter-engine:" + jupiter.get(), launcher);
    }
    List<Path> classPath = new ArrayList<>();
    try {
      project.getTestClasspathElements().forEach(element -> classPath.add(Path.of(element)));
    } catch (DependencyResolutionRequiredException e) {
      throw new MojoExecutionException("the test class path of the project is not resolved", e);
    }
    classPath.addAll(launcher.values());
    classPath.add(ownPlace());
    return classPath;
  }

  private void addMissing(String coordinates, Map<String, Path> additions)
      throws MojoExecutionException {
    for (Artifact artifact :
        classPaths.resolve(coordinates, session, project.getRemoteProjectRepositories())) {
      if (versionOf(artifact.getGroupId(), artifact.getArtifactId()).isEmpty()) {
        additions.put(
            artifact.getGroupId() + ":" + artifact.getArtifactId(), artifact.getFile().toPath());
      }
    }
  }

  private Optional<String> versionOf(String groupId, String artifactId) {
    return project.getArtifacts().stream()
        .filter(artifact -> artifact.getGroupId().equals(groupId))
        .filter(artifact -> artifact.getArtifactId().equals(artifactId))
        .map(org.apache.maven.artifact.Artifact::getVersion)
        .findFirst();
  }

  private static Path ownPlace() throws MojoExecutionException {
    try {
      return Path.of(
          TestLauncher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new MojoExecutionException("cannot tell where this plugin is", e);
    }
  }

  private static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    return properties;
  }
}
