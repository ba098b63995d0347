package io.github.livemigration.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that goes with everything in it. */
final class ScratchFolder implements AutoCloseable {

  /** Names the process that owns the folder. */
  private static final String PREFIX = "live-migration-" + ProcessHandle.current().pid() + "-";

  private final Path path;

  private ScratchFolder(Path path) {
    this.path = path;
  }

  static ScratchFolder create() {
    try {
      return new ScratchFolder(Files.createTempDirectory(PREFIX));
    } catch (IOException e) {
      throw new HarnessException("no temporary folder can be created", e);
    }
  }

  Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(path)) {
      List<Path> deepestFirst = inside.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new HarnessException("the temporary folder cannot be deleted: " + path, e);
    }
  }
}
