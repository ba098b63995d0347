package io.github.livemigration.session;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Huge pages of 2 MiB that a test has the kernel set aside, and gives back. */
public final class HugePagePool implements AutoCloseable {
  private static final Path POOL =
      Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
  private static final Path COMPACT = Path.of("/proc/sys/vm/compact_memory");

  private final int pages;

  private HugePagePool(int pages) {
    this.pages = pages;
  }

  /** Have more of them; where the kernel has none to give, the test says so and is skipped. */
  public static HugePagePool adding(int pages) throws IOException {
    if (pages == 0) {
      return new HugePagePool(0);
    }
    assumeThat(POOL).as("the kernel has huge pages (hugetlbfs)").exists();
    int before = count();
    Files.writeString(POOL, Integer.toString(before + pages));
    if (count() < before + pages) {
      Files.writeString(COMPACT, "1");
      Files.writeString(POOL, Integer.toString(before + pages));
    }
    HugePagePool pool = new HugePagePool(count() - before);
    if (pool.pages < pages) {
      pool.close();
    }
    assumeThat(pool.pages).as("huge pages that the kernel had to give").isEqualTo(pages);
    return pool;
  }

  private static int count() throws IOException {
    return Integer.parseInt(Files.readString(POOL).strip());
  }

  @Override
  public void close() throws IOException {
    if (pages > 0) {
      Files.writeString(POOL, Integer.toString(Math.max(0, count() - pages)));
    }
  }
}
