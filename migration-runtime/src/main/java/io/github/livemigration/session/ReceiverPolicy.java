package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HostKind;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.pages.Ranges;
import io.github.livemigration.wire.PeerIdentity;
import io.github.livemigration.wire.WireException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a receiver admits. The proposal is judged before the process is frozen, and the image again,
 * as a sender may say one thing and send another.
 *
 * @param senders subjects or fingerprints of certificates; empty for everybody whom the keys trust
 * @param userIds that a process may have; empty for all
 * @param maxBytes of memory
 * @param maxThreads of a process
 * @param paths below which every file must lie that a process maps or has open; empty for all
 */
public record ReceiverPolicy(
    Set<String> senders, Set<Integer> userIds, long maxBytes, int maxThreads, List<Path> paths) {
  public ReceiverPolicy {
    senders = Set.copyOf(senders);
    userIds = Set.copyOf(userIds);
    paths = List.copyOf(paths);
  }

  /** Returns the policy without limits. */
  public static ReceiverPolicy everything() {
    return new ReceiverPolicy(Set.of(), Set.of(), Long.MAX_VALUE, Integer.MAX_VALUE, List.of());
  }

  boolean admits(PeerIdentity sender) {
    return senders.isEmpty() || senders.stream().anyMatch(sender::isNamed);
  }

  /** Judge what a sender says about a running process. */
  List<Obstacle> obstacles(MigrationProposal proposal) {
    List<Obstacle> obstacles = new ArrayList<>();
    if (proposal.threads() > maxThreads) {
      obstacles.add(refused(proposal.threads() + " threads", maxThreads + " are admitted"));
    }
    long bytes = Math.max(0, proposal.residentBytes());
    for (HugePageNeed need : proposal.hugePages()) {
      long sum = bytes + need.lengthBytes();
      bytes = sum < 0 ? Long.MAX_VALUE : sum; // A sender may claim anything.
    }
    if (bytes > maxBytes) {
      obstacles.add(refused(bytes + " bytes", maxBytes + " are admitted"));
    }
    List<String> wanted = placesOf(proposal.fileSystem());
    wanted.addAll(proposal.paths());
    for (String path : wanted) {
      if (!isBelow(path)) {
        obstacles.add(refused(path, "it is not below " + paths));
      }
    }
    return obstacles;
  }

  private static Obstacle refused(String what, String why) {
    return HostKind.POLICY.at(what, "the receiver's policy: " + why);
  }

  private boolean isBelow(String path) {
    if (paths.isEmpty()) {
      return true;
    }
    try {
      Path wanted = Path.of(path);
      // The kernel would follow a link before it goes up again; no process shows such a path.
      return wanted.equals(wanted.normalize()) && paths.stream().anyMatch(wanted::startsWith);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Judge what a sender has really sent.
   *
   * @throws WireException naming the first thing that is not admitted
   */
  void check(ProcessImage image) throws WireException {
    checkThreads(image.threads().size());
    for (ThreadState thread : image.threads()) {
      for (int id : thread.credentials().userIds()) {
        if (!userIds.isEmpty() && !userIds.contains(id)) {
          throw refusal("user id " + id);
        }
      }
    }
    checkPaths(pathsOf(image));
  }

  /**
   * Judge how much memory comes with an image.
   *
   * @throws WireException when it is more than admitted
   */
  void check(MemoryContents contents) throws WireException {
    checkPages(Ranges.pageCount(contents.pagesToCome()) + Ranges.pageCount(contents.earlyPages()));
  }

  /**
   * Judge what is to be built before the image comes.
   *
   * @throws WireException naming the first thing that is not admitted
   */
  void check(ProcessPlan plan) throws WireException {
    checkThreads(plan.threadIds().size());
    checkPages(plan.pages().stream().mapToLong(pages -> pages.range().pageCount()).sum());
    checkPaths(pathsOf(plan.mappings()));
  }

  private void checkThreads(int count) throws WireException {
    if (count > maxThreads) {
      throw refusal(count + " threads");
    }
  }

  private void checkPages(long count) throws WireException {
    if (count > maxBytes / AddressRange.PAGE_BYTES) {
      throw refusal(count + " pages");
    }
  }

  private void checkPaths(List<String> found) throws WireException {
    for (String path : found) {
      if (!isBelow(path)) {
        throw refusal(path);
      }
    }
  }

  private static WireException refusal(String what) {
    return new WireException("the receiver's policy does not admit " + what);
  }

  private static List<String> placesOf(FileSystemContext context) {
    List<String> places = new ArrayList<>(List.of(context.workingDirectory()));
    if (!context.root().equals("/")) {
      places.add(context.root());
    }
    return places;
  }

  private static List<String> pathsOf(ProcessImage image) {
    List<String> found = placesOf(image.fileSystem());
    for (OpenFile.Shared file : image.descriptors().files()) {
      if (file.file() instanceof OpenFile.ReopenedPath reopened) {
        found.add(reopened.path());
      }
      if (file.file() instanceof OpenFile.FileWatcher watcher) {
        watcher.watched().forEach(watched -> found.add(watched.path()));
      }
    }
    image.memory().layout().executable().ifPresent(found::add);
    found.addAll(pathsOf(image.memory().mappings()));
    return found;
  }

  private static List<String> pathsOf(List<MappingState> mappings) {
    List<String> found = new ArrayList<>();
    for (MappingState mapping : mappings) {
      if (mapping.backing() instanceof MappingBacking.SameFile same) {
        found.add(same.path());
      }
    }
    return found;
  }
}
