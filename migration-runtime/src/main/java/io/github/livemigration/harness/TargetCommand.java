package io.github.livemigration.harness;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a target. Immutable.
 *
 * @param command the program and its arguments
 * @param directory the working directory; {@code null} for the one of this process
 */
public record TargetCommand(List<String> command, @Nullable Path directory) {

  private static final Set<String> CLASS_PATH_OPTIONS = Set.of("-cp", "-classpath", "--class-path");

  private static final int MAX_CLASS_PATH = 60;

  /**
   * Check and copy.
   *
   * @throws HarnessException if there is no program
   */
  public TargetCommand {
    command = List.copyOf(command);
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new HarnessException("the command of the target is empty");
    }
  }

  /** A program, found the way a shell finds it, with its arguments. */
  public static TargetCommand ofCommand(List<String> command) {
    return new TargetCommand(command, null);
  }

  /**
   * The main class of a Java program, run by the Java that runs this process.
   *
   * @param classPath folders and jars
   * @param jvmArguments arguments that come before the class, such as {@code -Xmx64m}
   */
  public static TargetCommand ofMainClass(
      String mainClass, List<Path> classPath, List<String> jvmArguments, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(javaExecutable());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(mainClass);
    command.addAll(arguments);
    return new TargetCommand(command, null);
  }

  /** The same command in a working directory. */
  public TargetCommand inDirectory(Path workingDirectory) {
    return new TargetCommand(command, workingDirectory);
  }

  /** The {@code java} that runs this process. */
  static String javaExecutable() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The command as a person reads it: with a long class path left out. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    String before = "";
    for (String word : command) {
      boolean classPath = CLASS_PATH_OPTIONS.contains(before) && word.length() > MAX_CLASS_PATH;
      words.add(classPath ? "…" : word);
      before = word;
    }
    return String.join(" ", words);
  }
}
