package io.github.livemigration.maven;

import io.github.livemigration.harness.MigrateCommand;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Parameter;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.RemoteRepository;
import org.jspecify.annotations.Nullable;

/** A goal that needs the command line of this project in a JVM of its own. */
abstract class AbstractCommandLineMojo extends AbstractMigrateMojo {

  private static final int DONE = 0;
  private static final int REFUSED = 1;
  private static final int USAGE = 2;
  private static final int LOST = 3;

  @Inject private ClassPaths classPaths;

  @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
  private PluginDescriptor plugin;

  @Parameter(defaultValue = "${repositorySystemSession}", readonly = true, required = true)
  private RepositorySystemSession repositorySession;

  @Parameter(defaultValue = "${project.remotePluginRepositories}", readonly = true, required = true)
  private List<RemoteRepository> pluginRepositories;

  @Parameter(defaultValue = "${basedir}", readonly = true)
  private @Nullable File basedir;

  ClassPaths classPaths() {
    return classPaths;
  }

  RepositorySystemSession repositorySession() {
    return repositorySession;
  }

  MigrateCommand migrateCommand() throws MojoExecutionException {
    return MigrateCommand.ofClassPath(
        ClassPaths.files(classPaths.ofPlugin(plugin, repositorySession, pluginRepositories)));
  }

  CommandLine commandLine() throws MojoExecutionException {
    return new CommandLine(migrateCommand().prefix(), getLog());
  }

  /** The folder of the project; where there is none, the one that the goal was called in. */
  Path directory() {
    return basedir == null ? Path.of("").toAbsolutePath() : basedir.toPath();
  }

  /** Turn an exit status of the command line into what Maven is to think of it. */
  static void judge(String subcommand, CommandLine.Ending ending)
      throws MojoExecutionException, MojoFailureException {
    String words = ending.lastWords().isEmpty() ? "its words are above" : ending.lastWords();
    switch (ending.exitStatus()) {
      case DONE -> {}
      case REFUSED ->
          throw new MojoFailureException(
              "migrate:"
                  + subcommand
                  + " was refused or failed, and "
                  + "the process runs on where it was: "
                  + words);
      case USAGE ->
          throw new MojoExecutionException(
              "migrate:" + subcommand + " did not understand its parameters: " + words);
      case LOST ->
          throw new MojoFailureException(
              "migrate:" + subcommand + " failed after the point of no return: " + words);
      default ->
          throw new MojoFailureException(
              "migrate:"
                  + subcommand
                  + " ended with exit status "
                  + ending.exitStatus()
                  + ": "
                  + words);
    }
  }
}
