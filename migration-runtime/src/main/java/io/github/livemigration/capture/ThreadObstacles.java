package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.CoreScheduling;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.List;

/** What of single threads stands in the way, as far as it is seen while they run. */
final class ThreadObstacles {
  private ThreadObstacles() {}

  static List<Obstacle> of(int pid) {
    List<Obstacle> obstacles = new ArrayList<>();
    for (int tid : ProcFs.threads(pid)) {
      if (CoreScheduling.cookie(tid) != 0) {
        obstacles.add(ThreadKind.CORE_SCHEDULING.at("thread " + tid));
      }
      if (isIoFlusher(pid, tid)) {
        obstacles.add(ThreadKind.IO_FLUSHER.at("thread " + tid));
      }
    }
    return obstacles;
  }

  private static boolean isIoFlusher(int pid, int tid) {
    try {
      return ProcessStat.parse(ProcFs.read(pid, "task/" + tid + "/stat")).isIoFlusher();
    } catch (SystemCallException e) {
      return false; // A thread that has ended since it was listed.
    }
  }
}
