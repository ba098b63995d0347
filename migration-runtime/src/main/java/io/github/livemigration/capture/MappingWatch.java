package io.github.livemigration.capture;

import io.github.livemigration.linux.CallCounter;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.MappingCalls;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that a process has changed no mapping since, by having each of its threads count the
 * {@link MappingCalls} that return. A call that had begun before is counted, too, and a stopped
 * thread is in none: it stops on its way out.
 *
 * <p>A thread that is started later is not watched, but its start is counted, as its creator was.
 * So whoever was there at the beginning is enough.
 *
 * <p>Where the kernel does not count, or not for this user, nothing is ever proved.
 */
final class MappingWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MappingWatch.class);

  /** A descriptor for each; the kernel reads one in a few microseconds. */
  private static final int MAXIMUM_THREADS = 512;

  private static final MappingWatch NONE = new MappingWatch(false);

  private final boolean lowMemory;
  private final String filter;

  /** By thread; empty for one that had ended. */
  private final Map<Integer, Optional<CallCounter>> counters = new TreeMap<>();

  private MappingWatch(boolean lowMemory) {
    this.lowMemory = lowMemory;
    this.filter = MappingCalls.filter(lowMemory);
  }

  /** Returns what proves nothing. */
  static MappingWatch none() {
    return NONE;
  }

  /**
   * Begin, so that all that changes after this returns is counted.
   *
   * @param pid of a live thread of the process, which may run
   */
  static MappingWatch start(int pid) {
    MappingWatch watch = new MappingWatch(hasLowMemory(pid));
    try {
      if (watch.coverAll(pid)) {
        return watch;
      }
    } catch (SystemCallException e) {
      LOG.debug("mappings are not watched", e);
    }
    watch.close();
    return NONE;
  }

  private static boolean hasLowMemory(int pid) {
    return MemoryMapParser.parse(ProcFs.read(pid, "maps")).stream()
        .anyMatch(entry -> entry.start() >= 0 && entry.start() < MappingCalls.LOW_MEMORY_END);
  }

  /**
   * Until two lists are the same on which nobody is new. A thread that ends just when it is listed
   * makes the kernel leave out others, but then the second list lacks it.
   *
   * @return whether that many can be covered
   */
  private boolean coverAll(int pid) {
    List<Integer> before = List.of();
    while (true) {
      List<Integer> listed = ProcFs.threads(pid);
      if (Math.max(listed.size(), counters.size()) > MAXIMUM_THREADS) {
        return false;
      }
      boolean someWereNew = cover(listed);
      if (!someWereNew && listed.equals(before)) {
        return true;
      }
      before = someWereNew ? List.of() : listed;
    }
  }

  /** Returns whether one of the threads was not covered before. */
  private boolean cover(Collection<Integer> tids) {
    boolean found = false;
    for (int tid : tids) {
      if (!counters.containsKey(tid)) {
        counters.put(tid, counter(tid));
        found = true;
      }
    }
    return found;
  }

  private Optional<CallCounter> counter(int tid) {
    try {
      return Optional.of(CallCounter.of(tid, filter));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty(); // Whoever is about to end makes no calls any more.
      }
      throw e;
    }
  }

  /** Returns whether it has begun. */
  boolean isOn() {
    return !counters.isEmpty();
  }

  /**
   * Returns whether it is certain that no mapping has changed since, except as {@code maps} shows.
   *
   * @param tids of all threads of the process, if they are stopped
   * @param lowest address of its mappings
   */
  boolean isUndisturbed(Collection<Integer> tids, long lowest) {
    try {
      return isOn()
          && (lowMemory || lowest >= MappingCalls.LOW_MEMORY_END)
          && counters.keySet().containsAll(tids)
          && counters.values().stream().flatMap(Optional::stream).allMatch(CallCounter::hasNone);
    } catch (SystemCallException e) {
      LOG.debug("mappings are not watched any more", e);
      return false;
    }
  }

  /** End, on another thread: the kernel makes whoever closes the last counter wait for long. */
  @Override
  public void close() {
    Beside.afterwards(
        () -> counters.values().forEach(counter -> counter.ifPresent(CallCounter::close)));
  }
}
