package io.github.livemigration.capture;

import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds out which memory objects of a process another one maps or holds open too. After a move the
 * two would no longer see what the other writes.
 *
 * <p>Reads the maps and descriptors of all processes: for the time before the freeze.
 */
final class ObjectHolders {
  private final int pid;
  private final Map<Long, List<SourceObject>> byInode = new HashMap<>();
  private final Set<String> links = new HashSet<>();

  private ObjectHolders(int pid, List<SourceObject> objects) {
    this.pid = pid;
    for (SourceObject object : objects) {
      byInode.computeIfAbsent(object.stat().ino(), inode -> new ArrayList<>()).add(object);
      links.add(object.link());
    }
  }

  /** Returns an obstacle for each object that is not the process's own. */
  static List<Obstacle> obstacles(int pid, List<SourceObject> objects) {
    List<SourceObject> live = objects.stream().filter(SourceObject::isWrittenThrough).toList();
    if (live.isEmpty()) {
      return List.of();
    }
    ObjectHolders holders = new ObjectHolders(pid, live);
    List<Obstacle> obstacles = new ArrayList<>();
    holders
        .found()
        .forEach(
            (object, other) ->
                obstacles.add(
                    MemoryKind.SHARED_WITH_OTHERS.at(
                        "memory object " + object.link(),
                        "process %d has it too, and would no longer share it".formatted(other))));
    return obstacles;
  }

  private Map<SourceObject, Integer> found() {
    Map<SourceObject, Integer> found = new HashMap<>();
    for (String name : ProcFs.list("/proc")) {
      if (name.chars().allMatch(Character::isDigit) && Integer.parseInt(name) != pid) {
        int other = Integer.parseInt(name);
        try {
          addMapped(other, found);
          addHeld(other, found);
        } catch (SystemCallException e) {
          // Gone, or not ours to look at.
        }
      }
    }
    return found;
  }

  private void addMapped(int other, Map<SourceObject, Integer> found) {
    for (MemoryMapEntry entry : MemoryMapParser.parse(ProcFs.read(other, "maps"))) {
      if (entry.inode() != 0 && byInode.containsKey(entry.inode())) {
        try {
          add(other, MapFiles.path(other, entry), found);
        } catch (SystemCallException e) {
          // Unmapped since it was listed, or not ours to look at.
        }
      }
    }
  }

  private void addHeld(int other, Map<SourceObject, Integer> found) {
    for (int descriptor : ProcFs.descriptors(other)) {
      String path = "/proc/" + other + "/fd/" + descriptor;
      try {
        if (links.contains(ProcFs.readLink(path))) {
          add(other, path, found);
        }
      } catch (SystemCallException e) {
        // Closed since it was listed.
      }
    }
  }

  private void add(int other, String path, Map<SourceObject, Integer> found) {
    FileStat stat = FileStat.of(path);
    for (SourceObject object : byInode.getOrDefault(stat.ino(), List.of())) {
      if (object.stat().dev() == stat.dev()) {
        found.putIfAbsent(object, other);
      }
    }
  }
}
