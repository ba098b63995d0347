package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.UserNamespaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Namespaces of the target that are not the sender's.
 *
 * <p>PID and time namespaces are made anew on the destination. For the others the receiver's stand
 * for the sender's; what neither has is not carried.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7)</a>
 */
final class NamespaceObstacles {
  private static final Map<String, ProcessKind> KINDS =
      new TreeMap<>(
          Map.of(
              "user", ProcessKind.USER_NAMESPACE,
              "net", ProcessKind.NETWORK_NAMESPACE,
              "ipc", ProcessKind.IPC_NAMESPACE,
              "uts", ProcessKind.HOST_NAME_NAMESPACE,
              "cgroup", ProcessKind.CONTROL_GROUP_NAMESPACE));

  private NamespaceObstacles() {}

  static List<Obstacle> of(int pid, String process) {
    List<Obstacle> obstacles = new ArrayList<>();
    KINDS.forEach(
        (name, kind) -> {
          if (!EnvironmentObstacles.sharesNamespace(pid, name)
              && !(kind == ProcessKind.USER_NAMESPACE && isOfAnOrdinaryUser(pid))) {
            obstacles.add(kind.at(process));
          }
        });
    if (!EnvironmentObstacles.sharesNamespace(pid, "mnt")) {
      Set<String> foreign = mounts(Integer.toString(pid));
      foreign.removeAll(mounts("self"));
      if (!foreign.isEmpty()) {
        obstacles.add(
            ProcessKind.MOUNT_NAMESPACE.at(
                process, "it has mounts of its own: " + String.join(", ", foreign)));
      }
    }
    for (String name : List.of("pid", "time")) {
      if (!isOfItsChildren(pid, name)) {
        obstacles.add(
            ProcessKind.NAMESPACE_OF_CHILDREN.at(
                process, "its children would live in another " + name + " namespace"));
      }
    }
    return obstacles;
  }

  /**
   * Whether it lives in a namespace such as the receiver of an ordinary user makes: users are who
   * they are outside, and the process has no rights there that it would not have outside.
   */
  private static boolean isOfAnOrdinaryUser(int pid) {
    return UserNamespaces.keepsIds(pid)
        && ProcFs.threads(pid).stream().noneMatch(tid -> hasCapabilities(pid, tid));
  }

  private static boolean hasCapabilities(int pid, int tid) {
    try {
      ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status"));
      return (status.capPrm() | status.capInh() | status.capAmb()) != 0;
    } catch (SystemCallException e) {
      return false; // A thread that has ended since it was listed.
    }
  }

  /** A new PID namespace that has no process yet has no link either. */
  private static boolean isOfItsChildren(int pid, String name) {
    String place = "/proc/" + pid + "/ns/" + name;
    try {
      return ProcFs.readLink(place).equals(ProcFs.readLink(place + "_for_children"));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT && ProcFs.exists(place)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Mounts by place, file system and device; a process that was moved once has a /proc of its own.
   */
  private static Set<String> mounts(String process) {
    return ProcFs.readText("/proc/" + process + "/mountinfo")
        .lines()
        // id, parent, device, root, place, options, optional fields, "-", type, source, ...
        .map(line -> line.split(" "))
        .filter(fields -> !fields[4].equals("/proc"))
        .map(fields -> fields[4] + " (" + fields[2] + fields[3] + ")")
        .collect(Collectors.toSet());
  }
}
