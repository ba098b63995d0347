package io.github.livemigration.harness;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One subcommand that runs in a process of its own. Safe to use from any thread.
 *
 * <p>Closing ends it together with everything below it, by process id, and waits until it is gone.
 */
public final class MigrateProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration STREAM_GRACE = Duration.ofSeconds(2);
  private static final int SHOWN_LINES = 20;

  private final String name;
  private final Process process;
  private final DiagnosticLog diagnostics;

  private MigrateProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.diagnostics = new DiagnosticLog(name, process.getErrorStream());
  }

  /**
   * Start a subcommand.
   *
   * @param name what messages call it, such as {@code receiver}
   * @param arguments the subcommand and its options
   * @param directory its working directory; {@code null} for the one of this process
   * @throws HarnessException if the program cannot be started
   */
  public static MigrateProcess start(
      String name, MigrateCommand migrate, List<String> arguments, @Nullable Path directory) {
    List<String> command = migrate.with(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectInput(Redirect.from(new File("/dev/null")));
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    try {
      return new MigrateProcess(name, builder.start());
    } catch (IOException e) {
      throw new HarnessException(
          "the " + name + " cannot be started: " + String.join(" ", command), e);
    }
  }

  /** What it prints on its standard output; to be read by one reader only. */
  public InputStream output() {
    return process.getInputStream();
  }

  public long pid() {
    return process.pid();
  }

  /** The handle of the process, with its descendants. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Wait for a line of this form on its standard error. */
  Optional<Matcher> awaitLine(Pattern pattern, Duration atMost) {
    return diagnostics.await(pattern, atMost);
  }

  /** A line of this form on its standard error, if it has printed one. */
  Optional<Matcher> findLine(Pattern pattern) {
    return diagnostics.find(pattern);
  }

  /** The lines of its standard error, at most some hundred. */
  public List<String> diagnostics() {
    return diagnostics.lines();
  }

  /** Its exit status, once it has ended. */
  public OptionalInt exitStatus() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Wait until it has ended by itself, and then until its messages have been read. */
  public boolean awaitExit(Duration atMost) {
    try {
      boolean ended = process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (ended) {
        diagnostics.join(STREAM_GRACE);
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while waiting for the " + name, e);
    }
  }

  /** What it said and how it ended, for the message of a failure. */
  String describe() {
    List<String> lines = diagnostics();
    String said =
        lines.stream()
            .skip(Math.max(0, lines.size() - SHOWN_LINES))
            .map(line -> "\n    " + line)
            .collect(Collectors.joining());
    OptionalInt status = exitStatus();
    return "the "
        + name
        + (status.isPresent() ? " ended with status " + status.getAsInt() : " is running")
        + (said.isEmpty() ? " and said nothing" : " and said:" + said);
  }

  @Override
  public void close() {
    ProcessTree.end(List.of(process.toHandle()), List.of(), GRACE);
    diagnostics.join(STREAM_GRACE);
  }
}
