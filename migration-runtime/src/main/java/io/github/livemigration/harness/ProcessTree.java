package io.github.livemigration.harness;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Ends processes with everything below them. By process id only: never by name. */
final class ProcessTree {

  private static final Duration UNTIL_GONE = Duration.ofSeconds(10);

  private ProcessTree() {}

  /**
   * End the strays and all descendants at once, give the roots a moment to end in order, then end
   * them too, and wait until all are gone.
   *
   * <p>A thread that is interrupted does this all the same, and stays interrupted.
   *
   * @param strays processes that may have left the tree, because their parent has ended
   * @throws HarnessException if one is still there after ten seconds; the message names it
   */
  static void end(
      Collection<ProcessHandle> roots, Collection<ProcessHandle> strays, Duration grace) {
    Set<ProcessHandle> doomed = new LinkedHashSet<>();
    strays.forEach(stray -> addTree(doomed, stray));
    roots.forEach(root -> root.descendants().forEach(doomed::add));
    boolean interrupted = Thread.interrupted();
    try {
      if (doomed.stream().filter(ProcessHandle::destroyForcibly).count() > 0) {
        Waiting.until(grace, () -> roots.stream().noneMatch(ProcessHandle::isAlive));
      }
      roots.forEach(root -> addTree(doomed, root));
      doomed.forEach(ProcessHandle::destroyForcibly);
      if (!Waiting.until(UNTIL_GONE, () -> doomed.stream().noneMatch(ProcessHandle::isAlive))) {
        throw new HarnessException("processes that cannot be ended: " + alive(doomed));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void addTree(Set<ProcessHandle> handles, ProcessHandle root) {
    root.descendants().forEach(handles::add);
    handles.add(root);
  }

  private static String alive(Set<ProcessHandle> handles) {
    return handles.stream()
        .filter(ProcessHandle::isAlive)
        .map(handle -> handle.pid() + " (" + handle.info().command().orElse("unknown") + ")")
        .collect(Collectors.joining(", "));
  }
}
