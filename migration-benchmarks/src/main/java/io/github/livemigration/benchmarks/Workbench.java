package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the processes of a benchmark, each a program of its own as a user runs it, and ends them.
 *
 * @param migrateJar the product
 * @param benchmarksJar this program, or a class path that has it
 * @param scratch folder for what the programs write
 * @param entering what each command starts with to run elsewhere, as in another namespace
 */
record Workbench(Path migrateJar, String benchmarksJar, Path scratch, List<String> entering) {
  private static final long PATIENCE_SECONDS = 120;

  /** The options that the product chooses for itself, so that baselines run under the same. */
  private static final List<String> JVM_OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=4g");

  Workbench {
    entering = List.copyOf(entering);
  }

  /** Returns one whose programs run elsewhere. */
  Workbench entering(List<String> prefix) {
    return new Workbench(migrateJar, benchmarksJar, scratch, prefix);
  }

  private RunningProgram start(List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(entering);
    whole.addAll(command);
    return RunningProgram.start(scratch, whole);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Start the product. */
  RunningProgram migrate(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(java(), "-jar", migrateJar.toString()));
    command.addAll(List.of(arguments));
    return start(command);
  }

  /** Start a class of this module in a JVM of its own, with the product's JVM options. */
  RunningProgram role(Class<?> main, String... arguments) throws IOException {
    return program(JVM_OPTIONS, main, arguments);
  }

  /** Start a class of this module in a JVM of its own. */
  RunningProgram program(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(options);
    command.addAll(List.of("-cp", benchmarksJar, main.getName()));
    command.addAll(List.of(arguments));
    return start(command);
  }

  /** Start one of the scripts of this module. */
  RunningProgram script(String name, String... arguments) throws IOException {
    return start(commandOf(name, arguments));
  }

  /**
   * Start a native target that counts.
   *
   * @param residentMib memory that it never touches again
   */
  RunningProgram counting(CounterFile counter, int residentMib) throws IOException {
    return script("counter.py", counter.path().toString(), Integer.toString(residentMib));
  }

  /** Start one of the scripts of this module under the product, which waits for its signal. */
  RunningProgram waitingScript(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(commandOf(name, arguments));
    return migrate(command.toArray(String[]::new));
  }

  private List<String> commandOf(String name, String... arguments) throws IOException {
    Path script = scratch.resolve(name);
    try (InputStream source = Workbench.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IOException("this program lacks " + name);
      }
      Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> command = new ArrayList<>(List.of("python3", script.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  Path newFile(String suffix) throws IOException {
    return Files.createTempFile(scratch, "benchmark", suffix);
  }

  /** Wait for something that another program does. */
  static void await(String what, Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("waited " + PATIENCE_SECONDS + " s in vain for " + what);
      }
      rest(10);
    }
  }

  /** Let the other programs go on for a while. */
  static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }

  /** Something that comes to hold. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }
}
