package io.github.livemigration.session;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control group (version 1) with a process and all that it starts. */
record ControlGroup(Path path, Path root) implements AutoCloseable {
  private static Path rootOf(String controller) {
    return Path.of("/sys/fs/cgroup", controller);
  }

  static boolean isPossible(String controller) {
    return Files.isWritable(rootOf(controller).resolve("cgroup.procs"));
  }

  static ControlGroup of(String controller, long pid) throws IOException {
    Path root = rootOf(controller);
    Path path = Files.createDirectory(root.resolve("live-migration-" + pid));
    Files.writeString(path.resolve("cgroup.procs"), Long.toString(pid));
    return new ControlGroup(path, root);
  }

  void set(String file, String value) throws IOException {
    Files.writeString(path.resolve(file), value);
  }

  String get(String file) throws IOException {
    return Files.readString(path.resolve(file)).strip();
  }

  /** Its processes are the root's again. */
  @Override
  public void close() throws IOException {
    for (String pid : Files.readAllLines(path.resolve("cgroup.procs"))) {
      Files.writeString(root.resolve("cgroup.procs"), pid);
    }
    await().ignoreExceptions().until(() -> Files.deleteIfExists(path)); // Some may be ending.
  }
}
