package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.Kcmp;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Pipes;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.Tee;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the target's descriptors and the open file descriptions behind them.
 *
 * <p>What the engine does not carry yet is an {@link Obstacle} that names the descriptor.
 */
final class DescriptorReader {
  private static final int ONCE_ONLY_FLAGS =
      OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOCTTY | OpenFlags.TRUNC;

  /** Character devices of major number 1 that hold no state: null, zero, full, random, urandom. */
  private static final Set<Integer> STATELESS_MEMORY_DEVICES = Set.of(3, 5, 7, 8, 9);

  private final int pid;
  private final List<Obstacle> obstacles = new ArrayList<>();
  private final Map<Integer, Opened> opened = new TreeMap<>();
  private final Map<String, Integer> standardStreams = new HashMap<>();
  private final List<String> pipeLinks = new ArrayList<>();
  private final List<OpenFile.Pipe> pipes = new ArrayList<>();

  private record Opened(int number, String link, FdInfo info, FileStat stat) {
    boolean closeOnExec() {
      return (info.flags() & OpenFlags.CLOEXEC) != 0;
    }

    String place() {
      return "descriptor " + number + " (" + link + ")";
    }
  }

  DescriptorReader(int pid) {
    this.pid = pid;
  }

  /** Returns what stands in the way, after {@link #read}. */
  List<Obstacle> obstacles() {
    return List.copyOf(obstacles);
  }

  /** Read the table; incomplete where there are obstacles. */
  DescriptorTable read() {
    for (int number : ProcFs.descriptors(pid)) {
      readOne(number).ifPresent(file -> opened.put(number, file));
    }
    for (int number = 2; number >= 0; number--) {
      Opened file = opened.get(number);
      if (file != null && (isTerminal(file.stat()) || isPipe(file.stat()))) {
        standardStreams.put(file.link(), number);
      }
    }
    List<OpenFile.Shared> files = new ArrayList<>();
    for (List<Opened> sharing : groups()) {
      files.addAll(describe(sharing));
    }
    return new DescriptorTable(files, pipes);
  }

  private Optional<Opened> readOne(int number) {
    try {
      return Optional.of(
          new Opened(
              number,
              ProcFs.readLink(pid, "fd/" + number),
              FdInfo.parse(ProcFs.read(pid, "fdinfo/" + number)),
              FileStat.of("/proc/" + pid + "/fd/" + number)));
    } catch (SystemCallException e) {
      return Optional.empty(); // Closed since it was listed: possible only while the target runs.
    }
  }

  private List<List<Opened>> groups() {
    List<List<Opened>> groups = new ArrayList<>();
    for (Opened file : opened.values()) {
      List<Opened> home = null;
      for (List<Opened> group : groups) {
        Opened first = group.get(0);
        if (first.link().equals(file.link())
            && Kcmp.sameFile(pid, first.number(), pid, file.number())) {
          home = group;
        }
      }
      if (home == null) {
        home = new ArrayList<>();
        groups.add(home);
      }
      home.add(file);
    }
    return groups;
  }

  private List<OpenFile.Shared> describe(List<Opened> sharing) {
    Opened first = sharing.get(0);
    if (standardStreams.containsKey(first.link())) {
      return receiverStreams(sharing);
    }
    Optional<OpenFile> file = open(first);
    return file.map(open -> List.of(new OpenFile.Shared(open, descriptors(sharing))))
        .orElse(List.of());
  }

  private static List<OpenFile.Descriptor> descriptors(List<Opened> sharing) {
    return sharing.stream()
        .map(file -> new OpenFile.Descriptor(file.number(), file.closeOnExec()))
        .toList();
  }

  /**
   * A standard stream becomes the receiver's own of the same number; copies of it follow the
   * lowest.
   */
  private List<OpenFile.Shared> receiverStreams(List<Opened> sharing) {
    List<OpenFile.Shared> files = new ArrayList<>();
    for (Opened file : sharing) {
      int stream =
          file.number() <= 2
              ? file.number()
              : standardStreams.getOrDefault(file.link(), file.number());
      files.add(
          new OpenFile.Shared(new OpenFile.ReceiverStream(stream), descriptors(List.of(file))));
    }
    return files;
  }

  private Optional<OpenFile> open(Opened file) {
    if (file.info().hasLocks()) {
      return refuse(file, DescriptorKind.LOCK);
    }
    if ((file.info().flags() & OpenFlags.ASYNC) != 0) {
      return refuse(file, DescriptorKind.SIGNAL_ON_INPUT);
    }
    if (isPipe(file.stat())) {
      return pipeEnd(file);
    }
    return switch (file.stat().type()) {
      case FileStat.TYPE_REGULAR, FileStat.TYPE_DIRECTORY -> pathOf(file);
      case FileStat.TYPE_CHARACTER -> device(file);
      case FileStat.TYPE_SOCKET -> refuse(file, DescriptorKind.SOCKET);
      default -> refuse(file, DescriptorKind.OTHER);
    };
  }

  private Optional<OpenFile> refuse(Opened file, DescriptorKind kind) {
    obstacles.add(kind.at(file.place()));
    return Optional.empty();
  }

  private Optional<OpenFile> device(Opened file) {
    if (file.stat().rdevMajor() == 1
        && STATELESS_MEMORY_DEVICES.contains(file.stat().rdevMinor())) {
      return pathOf(file);
    }
    return refuse(file, isTerminal(file.stat()) ? DescriptorKind.TERMINAL : DescriptorKind.DEVICE);
  }

  private Optional<OpenFile> pathOf(Opened file) {
    String path = file.link();
    if (path.matches("/proc/\\d+(/.*)?")) {
      return refuse(file, DescriptorKind.PROCESS_FILE);
    }
    if (!path.startsWith("/") || !isStillThere(path, file.stat())) {
      return refuse(file, DescriptorKind.DELETED_FILE);
    }
    int flags = file.info().flags() & ~ONCE_ONLY_FLAGS & ~OpenFlags.CLOEXEC;
    return Optional.of(new OpenFile.ReopenedPath(path, flags, file.info().position()));
  }

  private boolean isStillThere(String path, FileStat expected) {
    try {
      FileStat found = FileStat.of("/proc/" + pid + "/root" + path);
      return found.dev() == expected.dev() && found.ino() == expected.ino();
    } catch (SystemCallException e) {
      return false;
    }
  }

  private Optional<OpenFile> pipeEnd(Opened file) {
    if (!file.link().startsWith("pipe:")) {
      return refuse(file, DescriptorKind.NAMED_PIPE);
    }
    if (!PipeHolders.heldOnlyBy(pid, file.link())) {
      obstacles.add(
          DescriptorKind.PIPE.at(
              file.place(), "another process holds an end of this pipe, which is not carried yet"));
      return Optional.empty();
    }
    int index = pipeLinks.indexOf(file.link());
    if (index < 0) {
      index = pipeLinks.size();
      pipeLinks.add(file.link());
      pipes.add(readPipe(file.link()));
    }
    boolean writeEnd = (file.info().flags() & OpenFlags.ACCESS_MODE) != 0;
    int flags = file.info().flags() & (OpenFlags.NONBLOCK | OpenFlags.DIRECT);
    return Optional.of(new OpenFile.PipeEnd(index, writeEnd, flags));
  }

  private OpenFile.Pipe readPipe(String link) {
    for (Opened file : opened.values()) {
      if (file.link().equals(link) && (file.info().flags() & OpenFlags.ACCESS_MODE) == 0) {
        try (Pidfd process = Pidfd.open(pid);
            OwnedFd readEnd = process.takeFd(file.number())) {
          return new OpenFile.Pipe(Pipes.capacity(readEnd), Tee.copyPipe(readEnd));
        }
      }
    }
    // Nobody can read any more; writers get EPIPE on both sides.
    return new OpenFile.Pipe(AddressRange.PAGE_BYTES, new byte[0]);
  }

  private static boolean isPipe(FileStat stat) {
    return stat.type() == FileStat.TYPE_FIFO;
  }

  private static boolean isTerminal(FileStat stat) {
    int major = stat.rdevMajor();
    return stat.type() == FileStat.TYPE_CHARACTER
        && (major == 4 || major == 5 || (major >= 136 && major <= 143));
  }
}
