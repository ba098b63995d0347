package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process whose output goes to a file; closing kills it and those that it has started. */
final class RunningProgram implements AutoCloseable {
  private final List<String> command;
  private final Process process;
  private final Path output;

  private RunningProgram(List<String> command, Process process, Path output) {
    this.command = command;
    this.process = process;
    this.output = output;
  }

  static RunningProgram start(Path scratch, List<String> command) throws IOException {
    Path output = Files.createTempFile(scratch, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    return new RunningProgram(command, process, output);
  }

  long pid() {
    return process.pid();
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  /** Wait for a line that starts so; returns the rest of it. */
  String awaitLine(String start) throws IOException {
    Workbench.await(
        "'" + start + "' from " + this,
        () -> {
          if (!process.isAlive() && !output().contains(start)) {
            throw tooEarly();
          }
          int at = output().indexOf(start);
          return at >= 0 && output().indexOf('\n', at) >= 0;
        });
    String text = output();
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf('\n', from)).strip();
  }

  /** Wait for the first line that it counts. */
  void awaitFirst(CounterFile counter) throws IOException {
    Workbench.await(
        "the first line of " + this,
        () -> {
          if (!process.isAlive() && !counter.hasStarted()) {
            throw tooEarly();
          }
          return counter.hasStarted();
        });
  }

  private IOException tooEarly() throws IOException {
    return new IOException(this + " ended too early: " + output());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Wait for the end, which has to be a good one. */
  void awaitSuccess() throws IOException {
    Workbench.await("the end of " + this, () -> !process.isAlive());
    if (process.exitValue() != 0) {
      throw new IOException(this + " ended with " + process.exitValue() + ": " + output());
    }
  }

  /** Returns the most memory that it had so far, in KiB; the last known after its end. */
  long peakKib() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return 0; // It has ended.
    }
    return 0;
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
