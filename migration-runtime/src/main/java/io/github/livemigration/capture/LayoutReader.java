package io.github.livemigration.capture;

import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SystemCallException;
import java.util.Optional;

/**
 * Reads the addresses that {@code PR_SET_MM_MAP} sets again, from {@code /proc/PID/stat} and {@code
 * auxv}.
 */
final class LayoutReader {
  private LayoutReader() {}

  static AddressSpaceLayout read(int pid, ProcessStat stat, long programBreak) {
    return new AddressSpaceLayout(
        stat.startCode(),
        stat.endCode(),
        stat.startData(),
        stat.endData(),
        stat.startBrk(),
        programBreak,
        stat.startStack(),
        stat.argStart(),
        stat.argEnd(),
        stat.envStart(),
        stat.envEnd(),
        ProcFs.read(pid, "auxv"),
        executable(pid));
  }

  private static Optional<String> executable(int pid) {
    String path = ProcFs.readLink(pid, "exe");
    try {
      FileStat running = FileStat.of("/proc/" + pid + "/exe");
      FileStat found = FileStat.of(TargetPaths.of(pid).reach(path));
      return running.dev() == found.dev() && running.ino() == found.ino()
          ? Optional.of(path)
          : Optional.empty();
    } catch (SystemCallException e) {
      return Optional.empty();
    }
  }
}
