package io.github.livemigration.restore;

import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.Seccomp;
import io.github.livemigration.image.SystemCallFilter;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import java.util.List;

/**
 * Puts threads under their system call filters, which rest until the process is let go.
 *
 * <p>To install a filter takes a privilege that a thread may have given up since, so it comes
 * before credentials. What all threads have is installed before the first of them is cloned and
 * inherited: the kernel then knows them for the same filters, without which
 * SECCOMP_FILTER_FLAG_TSYNC fails.
 */
final class SeccompBuilder {
  private static final int SET_MODE_STRICT = 0;
  private static final int SET_MODE_FILTER = 1;
  private static final int FLAG_LOG = 1 << 1;

  /** What a filter does to speculation is a state of its own. */
  private static final int FLAG_SPEC_ALLOW = 1 << 2;

  /** The calls' entries and arguments. */
  private static final int AREA_BYTES_PER_FILTER = 160;

  private final ProcessImage image;
  private final int shared;

  SeccompBuilder(ProcessImage image) {
    this.image = image;
    this.shared = countShared(image.threads());
  }

  private static int countShared(List<ThreadState> threads) {
    List<Integer> first = threads.get(0).seccomp().filters();
    int shared = first.size();
    for (ThreadState thread : threads) {
      List<Integer> other = thread.seccomp().filters();
      shared = Math.min(shared, other.size());
      while (!first.subList(0, shared).equals(other.subList(0, shared))) {
        shared--;
      }
    }
    return shared;
  }

  /** Returns whether any thread is restricted. */
  boolean isNeeded() {
    return image.threads().stream().anyMatch(thread -> thread.seccomp().mode() != Seccomp.OFF);
  }

  /** Returns the bytes that its part of the tables takes. */
  long areaBytes() {
    long bytes = 0;
    for (ThreadState thread : image.threads()) {
      bytes += AREA_BYTES_PER_FILTER;
      for (int position : thread.seccomp().filters()) {
        bytes += AREA_BYTES_PER_FILTER + image.systemCallFilters().get(position).program().length;
      }
    }
    return bytes;
  }

  /** Add what all threads have, to be run before the others are cloned. */
  void installShared(RemoteBatch batch) {
    install(batch, image.threads().get(0).seccomp().filters().subList(0, shared));
  }

  /** Add what one thread has beyond that. */
  void installOwn(RemoteBatch batch, Seccomp seccomp) {
    if (seccomp.mode() == Seccomp.STRICT) {
      batch.call("seccomp(SECCOMP_SET_MODE_STRICT)", X8664.SECCOMP, SET_MODE_STRICT, 0, 0);
    } else {
      install(batch, seccomp.filters().subList(shared, seccomp.filters().size()));
    }
  }

  private void install(RemoteBatch batch, List<Integer> positions) {
    for (int position : positions) {
      SystemCallFilter filter = image.systemCallFilters().get(position);
      int instructions = filter.program().length / SystemCallFilter.INSTRUCTION_BYTES;
      // struct sock_fprog: u16 length; 8 pointer to the instructions.
      batch.call(
          "seccomp(SECCOMP_SET_MODE_FILTER)",
          X8664.SECCOMP,
          SET_MODE_FILTER,
          FLAG_SPEC_ALLOW | (filter.logged() ? FLAG_LOG : 0),
          batch.longs(instructions, batch.bytes(filter.program())));
    }
  }
}
