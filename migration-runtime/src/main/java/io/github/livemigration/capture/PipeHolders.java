package io.github.livemigration.capture;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;

/** Finds out who holds the ends of a pipe. */
final class PipeHolders {
  private PipeHolders() {}

  /**
   * Returns whether no other process that this one may look at holds an end of the pipe.
   *
   * @param link as {@code /proc/PID/fd} shows it, for example {@code pipe:[4711]}
   */
  static boolean heldOnlyBy(int pid, String link) {
    for (String name : ProcFs.list("/proc")) {
      if (isNumber(name) && Integer.parseInt(name) != pid && holds(Integer.parseInt(name), link)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(String name) {
    return name.chars().allMatch(Character::isDigit);
  }

  private static boolean holds(int other, String link) {
    try {
      for (int descriptor : ProcFs.descriptors(other)) {
        if (link.equals(linkOf(other, descriptor))) {
          return true;
        }
      }
      return false;
    } catch (SystemCallException e) {
      return false; // Gone, or not ours to look at.
    }
  }

  private static String linkOf(int pid, int descriptor) {
    try {
      return ProcFs.readLink(pid, "fd/" + descriptor);
    } catch (SystemCallException e) {
      return ""; // Closed since it was listed.
    }
  }
}
