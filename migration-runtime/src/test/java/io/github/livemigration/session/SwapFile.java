package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A file to which the kernel may swap pages out. */
final class SwapFile implements AutoCloseable {
  private final Path file;

  private SwapFile(Path file) {
    this.file = file;
  }

  static SwapFile on(Path folder, int mebibytes) throws IOException, InterruptedException {
    Path file = folder.resolve("swap");
    Files.write(file, new byte[mebibytes << 20]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    run("/sbin/mkswap", file.toString());
    run("/sbin/swapon", file.toString());
    return new SwapFile(file);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as("exit status of %s", List.of(command)).isZero();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    run("/sbin/swapoff", file.toString());
  }
}
