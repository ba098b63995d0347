package io.github.livemigration.capture;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * The statuses of a process's threads. Another thread begins with the last of them, while the
 * tracer's needs the first.
 */
final class ThreadStatuses {
  private final List<FutureTask<ProcessStatus>> statuses;

  private ThreadStatuses(List<FutureTask<ProcessStatus>> statuses) {
    this.statuses = statuses;
  }

  /** Begin to read. */
  static ThreadStatuses start(int pid, List<Integer> tids) {
    List<FutureTask<ProcessStatus>> statuses =
        tids.stream().map(tid -> new FutureTask<>(() -> read(pid, tid))).toList();
    if (tids.size() > 1) {
      Beside.help(
          () -> {
            for (int i = statuses.size() - 1; i > 0; i--) {
              statuses.get(i).run();
            }
          });
    }
    return new ThreadStatuses(statuses);
  }

  private static ProcessStatus read(int pid, int tid) {
    return ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status"));
  }

  /** Returns the status of a thread, which nobody looks at any more once it is returned. */
  ProcessStatus of(int index) {
    statuses.get(index).run(); // Does nothing where the other thread has begun it.
    return Beside.result(statuses.get(index));
  }
}
