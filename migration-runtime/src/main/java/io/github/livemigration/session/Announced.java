package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.pages.Ranges;
import io.github.livemigration.wire.WireException;

/**
 * What a sender has announced, and what this host could hold at all: by it is measured what comes,
 * before anything is built of it.
 *
 * @param pid of the process
 * @param threads most that may come
 * @param mappings most that may come
 * @param pages most that may come
 */
record Announced(int pid, long threads, long mappings, long pages) {
  /** A process may start threads after it was looked at. */
  private static final int MORE_THREADS = 1024;

  private static final String MOST_MAPPINGS = "/proc/sys/vm/max_map_count";

  static Announced by(MigrationProposal proposal) {
    return new Announced(
        proposal.pid(),
        2L * Math.max(0, proposal.threads()) + MORE_THREADS,
        permittedMappings(),
        MemoryAvailable.totalBytes() / AddressRange.PAGE_BYTES);
  }

  /** Returns how many mappings this host permits a process. */
  static int permittedMappings() {
    return Integer.parseInt(ProcFs.readText(MOST_MAPPINGS).strip());
  }

  /** Returns how many threads this host permits all processes together. */
  static int permittedThreads() {
    return Math.min(
        Integer.parseInt(ProcFs.readText("/proc/sys/kernel/threads-max").strip()),
        Integer.parseInt(ProcFs.readText("/proc/sys/kernel/pid_max").strip()));
  }

  void check(ProcessPlan plan) throws WireException {
    check("threads", plan.threadIds().size(), threads);
    check("mappings", plan.mappings().size(), mappings);
  }

  void check(ProcessImage image) throws WireException {
    if (image.pid() != pid) {
      throw new WireException(
          "process %d was announced, and process %d has come".formatted(pid, image.pid()));
    }
    check("threads", image.threads().size(), threads);
    check("mappings", image.memory().mappings().size(), mappings);
  }

  void check(MemoryContents contents) throws WireException {
    check(
        "pages",
        Ranges.pageCount(contents.pagesToCome()) + Ranges.pageCount(contents.earlyPages()),
        pages);
  }

  private static void check(String what, long count, long most) throws WireException {
    if (count > most) {
      throw new WireException("%d %s, where at most %d could come".formatted(count, what, most));
    }
  }
}
