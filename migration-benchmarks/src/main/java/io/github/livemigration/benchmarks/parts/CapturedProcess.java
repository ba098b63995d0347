package io.github.livemigration.benchmarks.parts;

import io.github.livemigration.capture.Capture;
import io.github.livemigration.capture.EarlyMappings;
import io.github.livemigration.capture.FileKey;
import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.MappedFileReader;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.capture.ProcessReader;
import io.github.livemigration.capture.SourcePlan;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.tracee.TriggerSignal;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the source reads of a real process: this JVM cannot stop itself, so another one serves.
 *
 * @param image of it
 * @param smaps its text
 */
record CapturedProcess(ProcessImage image, MemoryContents contents, byte[] smaps) {

  /**
   * Start a JVM, read it and end it.
   *
   * <p>It is started by a shell: the JDK waits for its own children in a thread of its own and
   * would take the stops that belong to the tracer.
   */
  static CapturedProcess ofJvm() throws Exception {
    Process shell =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "\"$@\" & echo $!; wait",
                "sh",
                System.getProperty("java.home") + "/bin/java",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Waiting.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (Tracer tracer = new Tracer("tracer of a captured process");
        BufferedReader lines = shell.inputReader(StandardCharsets.UTF_8)) {
      int pid = Integer.parseInt(Objects.requireNonNull(lines.readLine(), "the shell has ended"));
      try {
        Objects.requireNonNull(lines.readLine(), "the JVM that is to be read has ended");
        return tracer.call(reading(pid));
      } finally {
        Signals.kill(pid, Signals.SIGKILL);
      }
    } finally {
      shell.waitFor();
    }
  }

  private static Callable<CapturedProcess> reading(int pid) {
    return () -> {
      try (ProcessMemory memory = ProcessMemory.open(pid);
          EarlyMappings early = EarlyMappings.of(pid)) {
        Preflight preflight = Preflight.of(pid, false);
        MappedFileReader files = preflight.mappedFiles();
        Set<FileKey> same =
            files.keysOf(
                IntStream.range(0, files.files().size()).boxed().collect(Collectors.toSet()));
        FrozenProcess frozen =
            FrozenProcess.freeze(pid, memory, Map.of(), Set.of(), TriggerSignal.NONE);
        try {
          Capture capture =
              new ProcessReader(frozen, same, early, SourcePlan.none(), preflight.others()).read();
          return new CapturedProcess(
              capture.image(), capture.readContents(), ProcFs.read(pid, "smaps"));
        } finally {
          frozen.thaw();
        }
      }
    };
  }

  /** A program that says that it runs, and then waits. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] arguments) throws InterruptedException {
      System.out.println("running");
      Thread.currentThread().join();
    }
  }
}
