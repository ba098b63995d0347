package io.github.livemigration.maven;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.logging.Log;

/** Runs a subcommand of the command line in a JVM of its own, whose streams are Maven's. */
final class CommandLine {

  private final List<String> prefix;
  private final Log log;

  /**
   * Choose how the command line starts.
   *
   * @param prefix what comes before the subcommand
   */
  CommandLine(List<String> prefix, Log log) {
    this.prefix = List.copyOf(prefix);
    this.log = log;
  }

  /**
   * How a subcommand ended.
   *
   * @param exitStatus as the command line returned it
   * @param lastWords the last line that it wrote on its standard error, where that was read
   */
  record Ending(int exitStatus, String lastWords) {}

  /** Run a subcommand whose standard streams are those of Maven itself, as a terminal wants it. */
  Ending runInForeground(List<String> arguments, Path directory) throws MojoExecutionException {
    Process process = start(builder(arguments, directory).inheritIO(), arguments);
    return new Ending(waitFor(process), "");
  }

  /** Run a subcommand, and pass on what it says on standard error while remembering it. */
  Ending runAndListen(List<String> arguments, Path directory, PrintStream copy)
      throws MojoExecutionException {
    ProcessBuilder builder =
        builder(arguments, directory)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    Process process = start(builder, arguments);
    String lastWords = "";
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), Charset.defaultCharset()))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        copy.println(line);
        lastWords = line.isBlank() ? lastWords : line.strip();
      }
    } catch (IOException e) {
      process.destroy();
      throw new MojoExecutionException("cannot read what " + arguments.get(0) + " says", e);
    }
    return new Ending(waitFor(process), lastWords);
  }

  private ProcessBuilder builder(List<String> arguments, Path directory) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(directory.toFile());
  }

  private static Process start(ProcessBuilder builder, List<String> arguments)
      throws MojoExecutionException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new MojoExecutionException(
          "cannot start `" + arguments.get(0) + "`: " + e.getMessage(), e);
    }
  }

  /** Wait for the end of it; if Maven is ended first, it goes with Maven. */
  private int waitFor(Process process) throws MojoExecutionException {
    Thread endWithMaven = new Thread(process::destroy, "migrate-ends-with-maven");
    Runtime.getRuntime().addShutdownHook(endWithMaven);
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted while the command line ran", e);
    } finally {
      removeHook(endWithMaven);
    }
  }

  private void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      log.debug("Maven is being ended, and the command line with it.", e);
    }
  }
}
