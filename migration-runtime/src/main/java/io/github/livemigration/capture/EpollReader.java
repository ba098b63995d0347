package io.github.livemigration.capture;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.EpollEntry;
import io.github.livemigration.linux.Kcmp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads epoll instances.
 *
 * <p>An interest list names a descriptor by the number that it had when it was added. The kernel
 * watches the open file, wherever its descriptors are by now, so {@code kcmp(2)} has to tell which
 * one it is.
 */
final class EpollReader {
  private final int pid;
  private final Map<Integer, Integer> fileIndexes;
  private final DescriptorObstacles obstacles;

  /**
   * Prepare to read.
   *
   * @param fileIndexes position of each descriptor's file in the table to be
   */
  EpollReader(int pid, Map<Integer, Integer> fileIndexes, DescriptorObstacles obstacles) {
    this.pid = pid;
    this.fileIndexes = fileIndexes;
    this.obstacles = obstacles;
  }

  Optional<OpenFile> read(OpenedDescriptor file) {
    List<OpenFile.Watch> watches = new ArrayList<>();
    Map<Integer, Integer> seen = new HashMap<>();
    for (EpollEntry entry : EpollEntry.parse(file.info().otherLines())) {
      int index = seen.merge(entry.target(), 1, Integer::sum) - 1;
      OptionalInt watched = watched(file.number(), entry.target(), index);
      if (watched.isEmpty()) {
        return obstacles.refuse(
            file,
            DescriptorKind.EPOLL,
            "it watches a file that was closed as descriptor %d and is open in another process only"
                .formatted(entry.target()));
      }
      watches.add(
          new OpenFile.Watch(entry.target(), watched.getAsInt(), entry.events(), entry.data()));
    }
    return Optional.of(new OpenFile.EventPoll(watches));
  }

  private OptionalInt watched(int epoll, int target, int index) {
    if (fileIndexes.containsKey(target) && Kcmp.watchedByEpoll(pid, target, epoll, target, index)) {
      return OptionalInt.of(fileIndexes.get(target));
    }
    return fileIndexes.entrySet().stream()
        .filter(other -> Kcmp.watchedByEpoll(pid, other.getKey(), epoll, target, index))
        .mapToInt(Map.Entry::getValue)
        .findFirst();
  }
}
