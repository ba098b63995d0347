package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.Kcmp;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads that have what all threads of a process share otherwise for themselves.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/unshare.2.html">unshare(2)</a>
 */
final class UnsharedThreads {
  /** To have mounts or a user namespace of its own, a thread needs its own place, or is alone. */
  private static final List<String> NAMESPACES = List.of("net", "ipc", "uts", "cgroup");

  private UnsharedThreads() {}

  /**
   * Look at all threads.
   *
   * @param member a thread that lives, with which the others are compared
   */
  static List<Obstacle> obstacles(int member) {
    return obstacles(member, namespaces(member));
  }

  /** Look at all threads for what is found out quickly, which their namespaces are not. */
  static List<Obstacle> obstaclesOfFrozen(int member) {
    return obstacles(member, List.of());
  }

  private static List<Obstacle> obstacles(int member, List<String> usual) {
    List<Obstacle> obstacles = new ArrayList<>();
    for (int tid : ProcFs.threads(member)) {
      List<String> own = differences(member, usual, tid);
      if (!own.isEmpty()) {
        obstacles.add(
            ThreadKind.UNSHARED.at(
                "thread " + tid, "it has its own " + String.join(", ", own) + " (unshare, setns)"));
      }
    }
    return obstacles;
  }

  private static List<String> differences(int member, List<String> usual, int tid) {
    if (tid == member) {
      return List.of();
    }
    List<String> own = new ArrayList<>();
    try {
      if (!Kcmp.sameFileTable(member, tid)) {
        own.add("descriptors");
      }
      if (!Kcmp.samePlace(member, tid)) {
        own.add("working directory");
      }
      List<String> namespaces = usual.isEmpty() ? usual : namespaces(tid);
      for (int i = 0; i < usual.size(); i++) {
        if (!namespaces.get(i).equals(usual.get(i))) {
          own.add(NAMESPACES.get(i) + " namespace");
        }
      }
      // One that exits has none of this; looked at last, as it may have begun to.
      return own.isEmpty() || isExiting(member, tid) ? List.of() : own;
    } catch (SystemCallException e) {
      return List.of(); // A thread that has ended since it was listed.
    }
  }

  private static List<String> namespaces(int tid) {
    return NAMESPACES.stream().map(name -> ProcFs.readLink(tid, "ns/" + name)).toList();
  }

  private static boolean isExiting(int member, int tid) {
    return ProcessStat.parse(ProcFs.read(member, "task/" + tid + "/stat")).isExiting();
  }
}
