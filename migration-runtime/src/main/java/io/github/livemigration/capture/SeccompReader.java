package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.Seccomp;
import io.github.livemigration.image.SystemCallFilter;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.SeccompProgram;
import io.github.livemigration.tracee.SystemCallRules;
import io.github.livemigration.tracee.TracedThread;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the system call filters of stopped threads, and keeps them from meeting remote calls. A
 * filter that several threads have is kept once.
 */
final class SeccompReader {
  private static final long FLAG_LOG = 2;

  private final List<SystemCallFilter> filters = new ArrayList<>();
  private final Map<List<Object>, Integer> positions = new HashMap<>();
  private final List<Obstacle> obstacles = new ArrayList<>();

  /**
   * Read one thread, whose filters rest from then on, for as long as it is traced.
   *
   * @param mode as /proc shows it
   */
  Seccomp read(TracedThread thread, int mode) {
    if (mode == Seccomp.OFF) {
      return Seccomp.NONE;
    }
    SystemCallRules.suspendFilters(thread);
    if (mode == Seccomp.STRICT) {
      return new Seccomp(Seccomp.STRICT, List.of());
    }
    List<Integer> chain = new ArrayList<>();
    NativeBuffer buffer = NativeBuffer.allocate(SeccompProgram.MAX_BYTES);
    while (true) {
      byte[] program = SystemCallRules.filter(thread, chain.size(), buffer);
      if (program.length == 0) {
        return new Seccomp(Seccomp.FILTERS, chain);
      }
      if (SeccompProgram.mayNotify(program)) {
        obstacles.add(
            ProcessKind.SECCOMP.at(
                "thread " + thread.tid(),
                "one of its filters asks another process (SECCOMP_RET_USER_NOTIF), which would not"
                    + " be asked any more"));
      }
      boolean logged = (SystemCallRules.filterFlags(thread, chain.size()) & FLAG_LOG) != 0;
      chain.add(position(program, logged));
    }
  }

  private int position(byte[] program, boolean logged) {
    return positions.computeIfAbsent(
        List.of(ByteBuffer.wrap(program), logged),
        unknown -> {
          filters.add(new SystemCallFilter(program, logged));
          return filters.size() - 1;
        });
  }

  /** Returns the filters of all threads that were read. */
  List<SystemCallFilter> filters() {
    return filters;
  }

  List<Obstacle> obstacles() {
    return obstacles;
  }
}
