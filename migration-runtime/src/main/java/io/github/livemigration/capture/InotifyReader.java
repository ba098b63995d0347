package io.github.livemigration.capture;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.InotifyEntry;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Pipes;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.UnparsableLineException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads inotify instances.
 *
 * <p>The kernel watches files, not names. It shows by what the file system finds a file, which one
 * that is opened by it turns into a path.
 */
final class InotifyReader {
  private final int pid;
  private final boolean stopped;
  private final TargetPaths paths;
  private final DescriptorObstacles obstacles;

  /**
   * Prepare to read.
   *
   * @param stopped whether the process stands still; before, events come and go
   */
  InotifyReader(int pid, boolean stopped, TargetPaths paths, DescriptorObstacles obstacles) {
    this.pid = pid;
    this.stopped = stopped;
    this.paths = paths;
    this.obstacles = obstacles;
  }

  Optional<OpenFile> read(OpenedDescriptor file) {
    List<OpenFile.WatchedFile> watched = new ArrayList<>();
    try {
      for (InotifyEntry entry : InotifyEntry.parse(file.info().otherLines())) {
        if (entry.watch() > OpenFile.FileWatcher.MOST_NUMBERS) {
          return refuse(file, "it has a watch of number " + entry.watch());
        }
        watched.add(new OpenFile.WatchedFile(entry.watch(), pathOf(entry), entry.mask()));
      }
    } catch (NoPathException | UnparsableLineException e) {
      return refuse(file, Objects.requireNonNullElse(e.getMessage(), ""));
    }
    if (stopped && unreadBytes(file) > 0) {
      return refuse(file, "events wait to be read from it");
    }
    watched.sort(Comparator.comparingInt(OpenFile.WatchedFile::number));
    return Optional.of(new OpenFile.FileWatcher(watched, file.nonBlocking()));
  }

  private Optional<OpenFile> refuse(OpenedDescriptor file, String why) {
    return obstacles.refuse(file, DescriptorKind.INOTIFY, why);
  }

  private int unreadBytes(OpenedDescriptor file) {
    try (Pidfd process = LiveThread.open(pid);
        OwnedFd own = process.takeFd(file.number())) {
      return Pipes.queuedBytes(own);
    }
  }

  private String pathOf(InotifyEntry entry) throws NoPathException {
    String why = "no mount of this host has it";
    for (String mount : mountsOf(entry.device())) {
      try (OwnedFd place = OwnedFd.open(mount, OpenFlags.RDONLY | OpenFlags.NONBLOCK);
          OwnedFd file = entry.file().open(place)) {
        String path = ProcFs.readLink("/proc/self/fd/" + file.number());
        FileStat expected = FileStat.of(file);
        FileStat found = FileStat.ofLink(paths.reach(path));
        if (found.dev() == expected.dev() && found.ino() == expected.ino()) {
          return path;
        }
        why = path + " is another file";
      } catch (SystemCallException e) {
        why = e.call() + ": " + Errno.describe(e.errno());
      }
    }
    throw new NoPathException(
        "the file of its watch %d could not be found: %s".formatted(entry.watch(), why));
  }

  private static List<String> mountsOf(long device) {
    String wanted = (device >>> Integer.SIZE) + ":" + (int) device;
    return ProcFs.readText("/proc/self/mountinfo")
        .lines()
        // id, parent, device, root, place, ...
        .map(line -> line.split(" "))
        .filter(fields -> fields[2].equals(wanted) && fields[4].indexOf('\\') < 0)
        .map(fields -> fields[4])
        .toList();
  }

  private static final class NoPathException extends Exception {
    private static final long serialVersionUID = 1;

    NoPathException(String message) {
      super(message);
    }
  }
}
