package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.HugeTlbFs;
import io.github.livemigration.linux.Kcmp;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Pipes;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.Tee;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the target's descriptors and the open file descriptions behind them.
 *
 * <p>What the engine does not carry yet is an {@link Obstacle} that names the descriptor.
 */
final class DescriptorReader {
  private static final int ONCE_ONLY_FLAGS =
      OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOCTTY | OpenFlags.TRUNC;

  /** They tell how a name is looked up; what has none is opened by a link to the open file. */
  private static final int NAMING_FLAGS = OpenFlags.TMPFILE | OpenFlags.NOFOLLOW;

  /** Character devices of major number 1 that hold no state: null, zero, full, random, urandom. */
  private static final Set<Integer> STATELESS_MEMORY_DEVICES = Set.of(3, 5, 7, 8, 9);

  private static final Pattern PROCESS_FILE = Pattern.compile("/proc/(\\d+)/?(.*)");
  private static final String EPOLL = "anon_inode:[eventpoll]";
  private static final String INOTIFY = "anon_inode:inotify";
  private static final String MEMORY_FILE = "/memfd:";

  /** A deleted file becomes a memory file, and travels while the target stands still. */
  private static final long MAX_DELETED_FILE_BYTES = 256L << 20;

  private final int pid;
  private final TargetPaths targetPaths;
  private final boolean stopped;
  private final ObjectTable objects;
  private final DescriptorObstacles obstacles = new DescriptorObstacles();
  private final AnonymousInodeReader anonymousInodes;
  private final FileHolders holders;
  private final Map<Integer, OpenedDescriptor> opened = new TreeMap<>();
  private final Map<String, Integer> standardStreams = new HashMap<>();
  private final List<String> pipeLinks = new ArrayList<>();
  private final List<OpenFile.Pipe> pipes = new ArrayList<>();

  /**
   * Prepare to read.
   *
   * @param stopped whether the process stands still. While it runs, a descriptor that goes away
   *     during the look counts as never seen, and what pipes hold is not read
   * @param objects takes what has no name to open it by
   * @param others processes that are known to share nothing with it
   */
  DescriptorReader(int pid, boolean stopped, ObjectTable objects, OtherProcesses others) {
    this.pid = pid;
    targetPaths = TargetPaths.of(pid);
    this.stopped = stopped;
    this.objects = objects;
    anonymousInodes = new AnonymousInodeReader(pid);
    holders = new FileHolders(pid, others);
  }

  /** Returns what stands in the way, after {@link #read}. */
  List<Obstacle> obstacles() {
    return obstacles.all();
  }

  /** Returns the processes that are known to share nothing with it, after {@link #read}. */
  OtherProcesses others() {
    return holders.looked();
  }

  /** Read the table; incomplete where there are obstacles. */
  DescriptorTable read() {
    for (int number : ProcFs.descriptors(pid)) {
      readOne(number).ifPresent(file -> opened.put(number, file));
    }
    for (int number = 2; number >= 0; number--) {
      OpenedDescriptor file = opened.get(number);
      if (file != null && !file.isPathOnly() && (file.isTerminal() || file.isPipe())) {
        standardStreams.put(file.link(), number);
      }
    }
    List<OpenFile.Shared> files = new ArrayList<>();
    List<List<OpenedDescriptor>> polls = new ArrayList<>();
    for (List<OpenedDescriptor> sharing : groups()) {
      if (sharing.get(0).link().equals(EPOLL)) {
        if (!isHeldByAnother(sharing.get(0))) {
          polls.add(sharing);
        }
      } else {
        files.addAll(unlessGone(() -> describe(sharing)));
      }
    }
    files.addAll(describePolls(polls, files));
    return new DescriptorTable(files, pipes);
  }

  /** They come last, as they point to the others, and to each other. */
  private List<OpenFile.Shared> describePolls(
      List<List<OpenedDescriptor>> polls, List<OpenFile.Shared> others) {
    Map<Integer, Integer> indexes = new TreeMap<>();
    for (int i = 0; i < others.size(); i++) {
      for (OpenFile.Descriptor descriptor : others.get(i).descriptors()) {
        indexes.put(descriptor.number(), i);
      }
    }
    for (int i = 0; i < polls.size(); i++) {
      for (OpenedDescriptor file : polls.get(i)) {
        indexes.put(file.number(), others.size() + i);
      }
    }
    EpollReader reader = new EpollReader(pid, indexes, obstacles);
    List<OpenFile.Shared> files = new ArrayList<>();
    for (List<OpenedDescriptor> sharing : polls) {
      Optional<OpenFile> poll = reader.read(sharing.get(0));
      poll.ifPresent(file -> files.add(new OpenFile.Shared(file, descriptors(sharing))));
    }
    return files;
  }

  private Optional<OpenedDescriptor> readOne(int number) {
    try {
      return Optional.of(
          new OpenedDescriptor(
              number,
              ProcFs.readLink(pid, "fd/" + number),
              FdInfo.parse(ProcFs.read(pid, "fdinfo/" + number)),
              FileStat.of("/proc/" + pid + "/fd/" + number)));
    } catch (SystemCallException e) {
      if (stopped) {
        throw e;
      }
      return Optional.empty(); // Closed since it was listed.
    }
  }

  /** The descriptors that share an open file, for each open file. */
  private Collection<List<OpenedDescriptor>> groups() {
    Map<OpenedDescriptor, List<OpenedDescriptor>> groups =
        new TreeMap<>(
            Comparator.comparing(OpenedDescriptor::link).thenComparing(this::compareFiles));
    for (OpenedDescriptor file : opened.values()) {
      groups.computeIfAbsent(file, first -> new ArrayList<>()).add(file);
    }
    return groups.values();
  }

  private int compareFiles(OpenedDescriptor a, OpenedDescriptor b) {
    try {
      return Kcmp.compareFiles(pid, a.number(), pid, b.number());
    } catch (SystemCallException e) {
      if (stopped) {
        throw e;
      }
      return Integer.compare(a.number(), b.number());
    }
  }

  private List<OpenFile.Shared> unlessGone(Supplier<List<OpenFile.Shared>> reading) {
    try {
      return reading.get();
    } catch (SystemCallException e) {
      if (stopped) {
        throw e;
      }
      return List.of();
    }
  }

  private List<OpenFile.Shared> describe(List<OpenedDescriptor> sharing) {
    OpenedDescriptor first = sharing.get(0);
    if (standardStreams.containsKey(first.link()) && !first.isPathOnly()) {
      return receiverStreams(sharing);
    }
    Optional<OpenFile> file = open(first);
    return file.map(open -> List.of(new OpenFile.Shared(open, descriptors(sharing))))
        .orElse(List.of());
  }

  private static List<OpenFile.Descriptor> descriptors(List<OpenedDescriptor> sharing) {
    return sharing.stream().map(OpenedDescriptor::descriptor).toList();
  }

  /**
   * A standard stream becomes the receiver's own of the same number; copies of it follow the
   * lowest.
   */
  private List<OpenFile.Shared> receiverStreams(List<OpenedDescriptor> sharing) {
    List<OpenFile.Shared> files = new ArrayList<>();
    for (OpenedDescriptor file : sharing) {
      int stream =
          file.number() <= 2
              ? file.number()
              : standardStreams.getOrDefault(file.link(), file.number());
      files.add(
          new OpenFile.Shared(new OpenFile.ReceiverStream(stream), descriptors(List.of(file))));
    }
    return files;
  }

  private Optional<OpenFile> open(OpenedDescriptor file) {
    if (file.isPathOnly()) {
      return file.link().startsWith("/")
          ? pathOf(file)
          : obstacles.refuse(file, DescriptorKind.OTHER, "it leads to what has no path (O_PATH)");
    }
    if (file.info().hasLocks()) {
      return obstacles.refuse(file, DescriptorKind.LOCK);
    }
    if ((file.info().flags() & OpenFlags.ASYNC) != 0) {
      return obstacles.refuse(file, DescriptorKind.SIGNAL_ON_INPUT);
    }
    if (!stopped && file.hasSignalOwner(pid)) {
      return obstacles.refuse(
          file,
          DescriptorKind.SIGNAL_ON_INPUT,
          "it names who gets signals of the file (F_SETOWN, F_SETSIG, F_NOTIFY)");
    }
    if (file.isPipe()) {
      return pipeEnd(file);
    }
    return switch (file.stat().type()) {
      case FileStat.TYPE_REGULAR, FileStat.TYPE_DIRECTORY -> pathOf(file);
      case FileStat.TYPE_CHARACTER -> device(file);
      case FileStat.TYPE_SOCKET -> obstacles.refuse(file, DescriptorKind.SOCKET);
      default -> anonymousInode(file);
    };
  }

  private boolean isHeldByAnother(OpenedDescriptor file) {
    OptionalInt holder = holders.holderOf(file);
    if (holder.isPresent()) {
      DescriptorKind kind = file.isPipe() ? DescriptorKind.PIPE : DescriptorKind.HELD_BY_OTHERS;
      String what = file.isPipe() ? "an end of this pipe" : "the same open file";
      obstacles.refuse(
          file,
          kind,
          "process %d holds %s, too, and would no longer share it"
              .formatted(holder.getAsInt(), what));
    }
    return holder.isPresent();
  }

  private Optional<OpenFile> anonymousInode(OpenedDescriptor file) {
    if (file.link().equals(INOTIFY)) {
      return isHeldByAnother(file)
          ? Optional.empty()
          : new InotifyReader(pid, stopped, targetPaths, obstacles).read(file);
    }
    Optional<Function<OpenedDescriptor, OpenFile>> reading = anonymousInodes.reading(file.link());
    if (reading.isEmpty()) {
      return obstacles.refuse(file, DescriptorKind.OTHER);
    }
    return isHeldByAnother(file) ? Optional.empty() : reading.map(read -> read.apply(file));
  }

  private Optional<OpenFile> device(OpenedDescriptor file) {
    if (file.stat().rdevMajor() == 1
        && STATELESS_MEMORY_DEVICES.contains(file.stat().rdevMinor())) {
      return pathOf(file);
    }
    return obstacles.refuse(
        file, file.isTerminal() ? DescriptorKind.TERMINAL : DescriptorKind.DEVICE);
  }

  private Optional<OpenFile> pathOf(OpenedDescriptor file) {
    String path = file.link();
    int flags = file.info().flags() & ~ONCE_ONLY_FLAGS & ~OpenFlags.CLOEXEC;
    Matcher process = PROCESS_FILE.matcher(path);
    if (process.matches()) {
      return processFile(file, process, flags);
    }
    if (file.stat().isRegular() && file.stat().links() == 0) {
      return nameless(file, flags);
    }
    if (!path.startsWith("/") || !isStillThere(path, file.stat())) {
      return obstacles.refuse(
          file, DescriptorKind.DELETED_FILE, "the file was replaced or moved since it was opened");
    }
    return Optional.of(new OpenFile.ReopenedPath(path, flags, file.info().position()));
  }

  /** The ids of the target's own threads lead to files of it, too, though no list shows them. */
  private Optional<OpenFile> processFile(OpenedDescriptor file, Matcher path, int flags) {
    if (!ProcFs.exists(targetPaths.reach("/proc/" + ownPid() + "/task/" + path.group(1)))) {
      return obstacles.refuse(file, DescriptorKind.PROCESS_FILE);
    }
    if (!ProcFs.exists(targetPaths.reach(file.link()))) {
      return obstacles.refuse(
          file, DescriptorKind.PROCESS_FILE, "the thread or descriptor that it describes is gone");
    }
    return Optional.of(
        new OpenFile.OwnProcessFile(
            Integer.parseInt(path.group(1)), path.group(2), flags, file.info().position()));
  }

  /** The target's id as it sees it itself, as the links of its own files in /proc have it. */
  private int ownPid() {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "status"));
    return ThreadReader.innermost(status.nsPids());
  }

  private Optional<OpenFile> nameless(OpenedDescriptor file, int flags) {
    boolean inMemory = file.link().startsWith(MEMORY_FILE) || file.link().startsWith("/dev/shm/");
    if (!inMemory && file.stat().size() > MAX_DELETED_FILE_BYTES) {
      return obstacles.refuse(
          file,
          DescriptorKind.DELETED_FILE,
          "the file was deleted and would have to be kept in memory, which its %d bytes are too many for"
              .formatted(file.stat().size()));
    }
    String path = "/proc/" + pid + "/fd/" + file.number();
    int pageBytes = HugeTlbFs.pageBytes(path, file.stat());
    int lasting = flags & ~NAMING_FLAGS;
    SourceObject object = objects.of(path, file.link(), file.stat(), pageBytes);
    object.hold();
    return Optional.of(new OpenFile.ObjectFile(object.index(), lasting, file.info().position()));
  }

  private boolean isStillThere(String path, FileStat expected) {
    try {
      boolean isLink = expected.type() == FileStat.TYPE_LINK;
      String place = targetPaths.reach(path);
      FileStat found = isLink ? FileStat.ofLink(place) : FileStat.of(place);
      return found.dev() == expected.dev() && found.ino() == expected.ino();
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return false;
      }
      throw e; // What cannot be looked at is not gone for that.
    }
  }

  private Optional<OpenFile> pipeEnd(OpenedDescriptor file) {
    if (!file.link().startsWith("pipe:")) {
      return obstacles.refuse(file, DescriptorKind.NAMED_PIPE);
    }
    if (isHeldByAnother(file)) {
      return Optional.empty();
    }
    int index = pipeLinks.indexOf(file.link());
    if (index < 0) {
      OpenFile.Pipe pipe = readPipe(file.link()); // First: one that has gone since is none.
      index = pipeLinks.size();
      pipeLinks.add(file.link());
      pipes.add(pipe);
    }
    boolean writeEnd = (file.info().flags() & OpenFlags.ACCESS_MODE) != 0;
    int flags = file.info().flags() & (OpenFlags.NONBLOCK | OpenFlags.DIRECT);
    if (writeEnd && (flags & OpenFlags.DIRECT) != 0 && pipes.get(index).queued().length > 0) {
      return obstacles.refuse(file, DescriptorKind.PIPE, "packets (O_DIRECT) wait to be read");
    }
    return Optional.of(new OpenFile.PipeEnd(index, writeEnd, flags));
  }

  private OpenFile.Pipe readPipe(String link) {
    for (OpenedDescriptor file : opened.values()) {
      if (file.link().equals(link) && (file.info().flags() & OpenFlags.ACCESS_MODE) == 0) {
        try (Pidfd process = LiveThread.open(pid);
            OwnedFd readEnd = process.takeFd(file.number())) {
          return new OpenFile.Pipe(
              Pipes.capacity(readEnd), stopped ? Tee.copyPipe(readEnd) : new byte[0]);
        }
      }
    }
    // Nobody can read any more; writers get EPIPE on both sides.
    return new OpenFile.Pipe(AddressRange.PAGE_BYTES, new byte[0]);
  }
}
