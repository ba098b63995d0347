package io.github.livemigration.capture;

import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.linux.ProcFs;

/**
 * How the paths that {@code /proc} tells about a process lead to its files.
 *
 * <p>A process with other mounts than this one has its paths below its own root. One that has
 * changed its root (chroot) shows paths from the root of this process.
 *
 * @param prefix to put before a path
 * @param root directory of the process
 */
record TargetPaths(String prefix, String root) {
  private static final String DELETED = " (deleted)";

  static TargetPaths of(int pid) {
    String root = ProcFs.readLink(pid, "root");
    return new TargetPaths(root.equals("/") ? "/proc/" + pid + "/root" : "", root);
  }

  /** Returns where this process finds a file of the target. */
  String reach(String path) {
    return prefix + path;
  }

  /** Returns the working directory as the kernel shows it. */
  static String workingDirectory(int pid) {
    return ProcFs.readLink(pid, "cwd");
  }

  FileSystemContext context(int pid, int umask) {
    String directory = workingDirectory(pid);
    boolean deleted = directory.endsWith(DELETED) && !ProcFs.exists(reach(directory));
    return new FileSystemContext(
        deleted ? directory.substring(0, directory.length() - DELETED.length()) : directory,
        deleted,
        root,
        umask);
  }
}
