package io.github.livemigration.capture;

import io.github.livemigration.linux.MemoryMapEntry;

/** Names the files behind mappings, also those without a name of their own. */
final class MapFiles {
  private MapFiles() {}

  /**
   * Returns the link to the file behind a mapping; to follow it takes CAP_SYS_ADMIN or
   * CAP_CHECKPOINT_RESTORE.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man5/proc_pid_map_files.5.html">proc_pid_map_files(5)</a>
   */
  static String path(int pid, MemoryMapEntry entry) {
    return "/proc/"
        + pid
        + "/map_files/"
        + Long.toHexString(entry.start())
        + "-"
        + Long.toHexString(entry.end());
  }
}
