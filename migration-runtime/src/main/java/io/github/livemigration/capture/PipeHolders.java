package io.github.livemigration.capture;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out which pipes other processes hold ends of; looks at them once, when first asked. */
final class PipeHolders {
  private final int pid;
  private @Nullable Set<String> heldByOthers;

  PipeHolders(int pid) {
    this.pid = pid;
  }

  /**
   * Returns whether another process, of those that this one may look at, holds an end.
   *
   * @param link as {@code /proc/PID/fd} shows it, for example {@code pipe:[4711]}
   */
  boolean heldByAnother(String link) {
    if (heldByOthers == null) {
      heldByOthers = new HashSet<>();
      for (String name : ProcFs.list("/proc")) {
        if (isNumber(name) && Integer.parseInt(name) != pid) {
          addLinksOf(Integer.parseInt(name), heldByOthers);
        }
      }
    }
    return heldByOthers.contains(link);
  }

  private static boolean isNumber(String name) {
    return name.chars().allMatch(Character::isDigit);
  }

  private static void addLinksOf(int other, Set<String> links) {
    try {
      for (int descriptor : ProcFs.descriptors(other)) {
        links.add(linkOf(other, descriptor));
      }
    } catch (SystemCallException e) {
      // Gone, or not ours to look at.
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
