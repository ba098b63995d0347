package io.github.livemigration.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a program printed until it ended by itself.
 *
 * @param status its exit status
 * @param lines the lines of its standard output
 * @param errors its standard error
 */
record Program(int status, List<String> lines, String errors) {

  private static final Path SCRIPTS =
      Path.of(System.getProperty("basedir", ""), "src/main/scripts");
  private static final long TIMEOUT_SECONDS = 60;

  /** Run the main class of this module, or of its tests, to its end. */
  static Program java(Class<?> mainClass, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                mainClass.getName()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** Run a script of this module to its end. */
  static Program script(String name, String... arguments) {
    List<String> command = new ArrayList<>(scriptCommand(name));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** The interpreter and the script, with Debian's interpreter before any other. */
  static List<String> scriptCommand(String name) {
    String interpreter = name.endsWith(".py") ? "python3" : "perl";
    Path debian = Path.of("/usr/bin", interpreter);
    return List.of(
        Files.isExecutable(debian) ? debian.toString() : interpreter,
        SCRIPTS.resolve(name).toAbsolutePath().toString());
  }

  static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  private static Program run(List<String> command) {
    try {
      Path errors = Files.createTempFile("program", ".err");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      try {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("still running: " + command);
        }
        return new Program(process.exitValue(), output.lines().toList(), Files.readString(errors));
      } finally {
        process.destroyForcibly();
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
