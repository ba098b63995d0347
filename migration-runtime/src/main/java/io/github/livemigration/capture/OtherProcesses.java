package io.github.livemigration.capture;

import io.github.livemigration.linux.ProcFs;
import java.util.HashSet;
import java.util.Set;

/**
 * The other processes of this host at a moment before the freeze, when they were looked through for
 * what the target shares with them.
 *
 * <p>To have a descriptor of the target's later, a process must have been born since, unless the
 * target has sent it one. So the few that are new are all that has to be looked at while the target
 * stands still.
 */
public final class OtherProcesses {
  private final int pid;
  private final Set<Integer> known;

  private OtherProcesses(int pid, Set<Integer> known) {
    this.pid = pid;
    this.known = known;
  }

  /** For a process about which nothing is known yet. */
  static OtherProcesses unknownTo(int pid) {
    return new OtherProcesses(pid, Set.of());
  }

  /** Returns the processes that are not known, with this program itself among them. */
  Set<Integer> unknown() {
    Set<Integer> found = new HashSet<>();
    for (String name : ProcFs.list("/proc")) {
      if (name.chars().allMatch(Character::isDigit)) {
        found.add(Integer.valueOf(name));
      }
    }
    found.remove(pid);
    found.removeAll(known);
    return found;
  }

  /** Returns the same with more that have been looked at. */
  OtherProcesses and(Set<Integer> more) {
    Set<Integer> all = new HashSet<>(known);
    all.addAll(more);
    return new OtherProcesses(pid, all);
  }
}
