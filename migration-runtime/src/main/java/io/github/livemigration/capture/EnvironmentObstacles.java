package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What around a process stands in the way: children, timers, namespaces, root directory, word size.
 */
final class EnvironmentObstacles {
  private static final int ELF_CLASS = 4;
  private static final int ELF_CLASS_64 = 2;

  private EnvironmentObstacles() {}

  static List<Obstacle> of(int pid, String process) {
    List<Obstacle> obstacles = new ArrayList<>();
    byte[] program = new byte[ELF_CLASS + 1];
    if (!readStart("/proc/" + pid + "/exe", program) || program[ELF_CLASS] != ELF_CLASS_64) {
      obstacles.add(ProcessKind.WORD_SIZE.at(process));
    }
    if (hasChildren(pid)) {
      obstacles.add(ProcessKind.CHILDREN.at(process));
    }
    obstacles.addAll(
        PosixTimerReader.obstacles(
            PosixTimerReader.entries(pid), process, id -> hasThread(pid, id)));
    String root = ProcFs.readLink(pid, "root");
    if (!root.equals("/") && !sharesNamespace(pid, "mnt")) {
      obstacles.add(
          ProcessKind.ROOT_DIRECTORY.at(
              process, "its root directory is " + root + " in another mount namespace"));
    }
    String directory = TargetPaths.workingDirectory(pid);
    if (!directory.startsWith("/")) {
      obstacles.add(
          ProcessKind.WORKING_DIRECTORY.at(
              process, "its working directory " + directory + " lies outside of its root"));
    }
    obstacles.addAll(NamespaceObstacles.of(pid, process));
    return obstacles;
  }

  /** Each thread has its own, so all of them have to be looked at. */
  static int threadsUnderSeccomp(int pid) {
    return (int) ProcFs.threads(pid).stream().filter(tid -> isUnderSeccomp(pid, tid)).count();
  }

  private static boolean isUnderSeccomp(int pid, int tid) {
    try {
      return ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status")).seccomp() != 0;
    } catch (SystemCallException e) {
      return false; // A thread that has ended since it was listed.
    }
  }

  /** Returns whether the process has a thread of this id in its own PID namespace. */
  private static boolean hasThread(int pid, int id) {
    return ProcFs.threads(pid).stream().anyMatch(tid -> ownIdOf(pid, tid) == id);
  }

  private static int ownIdOf(int pid, int tid) {
    try {
      byte[] status = ProcFs.read(pid, "task/" + tid + "/status");
      return ThreadReader.innermost(ProcessStatus.parse(status).nsPids());
    } catch (SystemCallException e) {
      return 0; // A thread that has ended since it was listed.
    }
  }

  static boolean sharesNamespace(int pid, String name) {
    return ProcFs.readLink(pid, "ns/" + name).equals(ProcFs.readLink("/proc/self/ns/" + name));
  }

  private static boolean hasChildren(int pid) {
    return ProcFs.threads(pid).stream().anyMatch(tid -> !childrenOf(pid, tid).isBlank());
  }

  private static String childrenOf(int pid, int tid) {
    try {
      return ProcFs.readText(pid, "task/" + tid + "/children");
    } catch (SystemCallException e) {
      return ""; // A thread that has ended since it was listed.
    }
  }

  private static boolean readStart(String path, byte[] start) {
    try (var file = Files.newInputStream(Path.of(path))) {
      return file.readNBytes(start, 0, start.length) == start.length;
    } catch (IOException e) {
      return false;
    }
  }
}
