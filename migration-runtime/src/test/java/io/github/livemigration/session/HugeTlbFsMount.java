package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file system of huge pages of 2 MiB, mounted for a test. */
record HugeTlbFsMount(Path path) implements AutoCloseable {
  static HugeTlbFsMount in(Path folder) throws IOException, InterruptedException {
    Path path = Files.createDirectory(folder.resolve("hugetlbfs"));
    run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", path.toString());
    return new HugeTlbFsMount(path);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as("exit status of %s", List.of(command))
        .isZero();
  }

  /** A target that dies just now may still have files of it open. */
  @Override
  public void close() throws IOException, InterruptedException {
    run("umount", "--lazy", path.toString());
  }
}
