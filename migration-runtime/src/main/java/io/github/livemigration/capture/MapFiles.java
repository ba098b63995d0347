package io.github.livemigration.capture;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.SystemCallException;

/** Names the files behind mappings, also those without a name of their own. */
final class MapFiles {
  private MapFiles() {}

  /** Holder that tries when it is first asked for. */
  private static final class OfThisProcess {
    static final boolean MAY_BE_FOLLOWED = tryOne();

    private static boolean tryOne() {
      int pid = SelfProcess.pid();
      for (MemoryMapEntry entry : MemoryMapParser.parse(ProcFs.read(pid, "maps"))) {
        if (entry.inode() != 0) {
          try {
            return FileStat.of(link(pid, entry)).ino() > 0;
          } catch (SystemCallException e) {
            return e.errno() != Errno.EPERM;
          }
        }
      }
      return false;
    }
  }

  /**
   * Returns a path by which the file behind a mapping can be looked at and opened: the kernel's
   * link to it, or, as an ordinary user may not follow that, its name where that still leads there.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man5/proc_pid_map_files.5.html">proc_pid_map_files(5)</a>
   */
  static String path(int pid, MemoryMapEntry entry) {
    String link = link(pid, entry);
    if (OfThisProcess.MAY_BE_FOLLOWED || !entry.path().startsWith("/")) {
      return link;
    }
    String name = TargetPaths.of(pid).reach(entry.path());
    return ProcFs.exists(name) && isBehind(entry, FileStat.of(name)) ? name : link;
  }

  private static String link(int pid, MemoryMapEntry entry) {
    return "/proc/"
        + pid
        + "/map_files/"
        + Long.toHexString(entry.start())
        + "-"
        + Long.toHexString(entry.end());
  }

  private static boolean isBehind(MemoryMapEntry entry, FileStat file) {
    return file.devMajor() == entry.deviceMajor()
        && file.devMinor() == entry.deviceMinor()
        && file.ino() == entry.inode();
  }
}
