package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.image.MappedFile;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SeccompProgram;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.SemaphoreUndo;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at a running process and tells what of it would be carried and what stands in the way.
 * Changes nothing.
 *
 * @param pid through which /proc shows it, in this process's PID namespace: its own, or the id of a
 *     thread where the first one has ended
 * @param status of the leader
 * @param mappings of its address space
 * @param mappedFiles files that the destination may have too
 * @param paths files and directories that the destination must have
 * @param hugePages that the destination must have to spare
 * @param found how often it holds each kind of state that is carried
 * @param others processes that share nothing with it
 * @param obstacles empty where the process can be carried
 */
public record Preflight(
    int pid,
    ProcessStatus status,
    List<MemoryMapEntry> mappings,
    MappedFileReader mappedFiles,
    Set<String> paths,
    List<HugePageNeed> hugePages,
    Map<StateKind, Integer> found,
    OtherProcesses others,
    List<Obstacle> obstacles) {

  /** Most threads that a process may have to be carried. */
  public static final int MAX_THREADS = 5_000;

  /**
   * Look at a process.
   *
   * @param ownTracee whether this process traces it already
   * @throws SystemCallException for a process that is not there or that may not be looked at
   */
  public static Preflight of(int pid, boolean ownTracee) {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "status"));
    String process = "process " + pid + " (" + status.displayName() + ")";
    Optional<Obstacle> first = notAProcessToLookAt(process, pid, status, ownTracee);
    if (first.isPresent()) {
      return new Preflight(
          pid,
          status,
          List.of(),
          new MappedFileReader(pid, List.of()),
          Set.of(),
          List.of(),
          Map.of(),
          OtherProcesses.unknownTo(pid),
          List.of(first.get()));
    }
    int member = LiveThread.of(pid);
    List<Obstacle> obstacles = new ArrayList<>(processObstacles(process, member, status));
    List<MemoryMapEntry> mappings = MemoryMapParser.parse(ProcFs.read(member, "smaps"));
    MappedFileReader files = new MappedFileReader(member, mappings);
    Set<Integer> all = new HashSet<>();
    for (int i = 0; i < files.files().size(); i++) {
      all.add(i);
    }
    ObjectTable objects = new ObjectTable();
    MappingClassifier classifier = new MappingClassifier(member, false, files.keysOf(all), objects);
    KindsFound found = new KindsFound();
    found.add(status);
    int filtered = EnvironmentObstacles.threadsUnderSeccomp(member);
    found.addSeccomp(filtered);
    if (filtered > 0 && !SeccompProgram.canBeSuspended()) {
      obstacles.add(
          ProcessKind.SECCOMP.at(
              process, "the sender is under seccomp itself or lacks CAP_SYS_ADMIN"));
    }
    found.addPosixTimers(PosixTimerReader.entries(member).size());
    HugePageNeeds hugePages = new HugePageNeeds(member);
    for (MemoryMapEntry mapping : mappings) {
      hugePages.add(mapping);
      classifier.classify(mapping).ifPresent(backing -> found.add(backing, mapping.shared()));
    }
    obstacles.addAll(classifier.obstacles());
    OtherProcesses nobodyKnown = OtherProcesses.unknownTo(pid);
    DescriptorReader descriptors = new DescriptorReader(member, false, objects, nobodyKnown);
    DescriptorTable table = descriptors.read();
    obstacles.addAll(lasting(member, nobodyKnown, descriptors.obstacles()));
    found.add(table);
    objects.all().forEach(hugePages::add);
    obstacles.addAll(ObjectHolders.obstacles(pid, objects.all()));
    return new Preflight(
        member,
        status,
        mappings,
        files,
        paths(table),
        hugePages.all(),
        found.counts(),
        descriptors.others(),
        obstacles);
  }

  /** The process runs: what stands in the way at two looks was not just being opened or closed. */
  private static List<Obstacle> lasting(int pid, OtherProcesses others, List<Obstacle> found) {
    if (found.isEmpty()) {
      return found;
    }
    DescriptorReader again = new DescriptorReader(pid, false, new ObjectTable(), others);
    again.read();
    return found.stream().filter(again.obstacles()::contains).toList();
  }

  /**
   * Returns what stands in the way of memory on a destination that has only some of the mapped
   * files.
   */
  public List<Obstacle> obstaclesWith(Set<FileKey> sameFiles) {
    MappingClassifier classifier = new MappingClassifier(pid, false, sameFiles, new ObjectTable());
    mappings.forEach(classifier::classify);
    return classifier.obstacles();
  }

  /** Returns what stands in the way on a destination whose kernel has another vdso. */
  public List<Obstacle> obstaclesOfOtherVdso() {
    return Signals.contains(status.sigIgnored(), Signals.SIGTRAP)
        ? List.of(ThreadKind.IGNORED_SIGTRAP.at("process " + pid))
        : List.of();
  }

  private static Set<String> paths(DescriptorTable table) {
    Set<String> paths = new TreeSet<>();
    for (OpenFile.Shared shared : table.files()) {
      if (shared.file() instanceof OpenFile.ReopenedPath file) {
        paths.add(file.path());
      }
      if (shared.file() instanceof OpenFile.FileWatcher watcher) {
        watcher.watched().forEach(watched -> paths.add(watched.path()));
      }
    }
    return paths;
  }

  /** Returns why there is nothing more to look at. */
  private static Optional<Obstacle> notAProcessToLookAt(
      String process, int pid, ProcessStatus status, boolean ownTracee) {
    if (status.kernelThread()) {
      return Optional.of(ProcessKind.KERNEL_THREAD.at(process));
    }
    if (status.tgid() != pid) {
      return Optional.of(
          ProcessKind.THREAD_ID.at(process, "it is a thread of process " + status.tgid()));
    }
    if (pid == SelfProcess.pid()) {
      return Optional.of(ProcessKind.SENDER_ITSELF.at(process));
    }
    if (!LiveThread.isAlive(pid, LiveThread.of(pid))) {
      return Optional.of(ProcessKind.ENDED.at(process));
    }
    if (ownTracee && status.state() == 'Z') {
      return Optional.of(ProcessKind.FIRST_THREAD_ENDED.at(process));
    }
    if (status.tracerPid() != 0 && !ownTracee) {
      return Optional.of(
          ProcessKind.TRACED.at(
              process, "process %d traces it already (a debugger?)".formatted(status.tracerPid())));
    }
    return Optional.empty();
  }

  private static List<Obstacle> processObstacles(String process, int pid, ProcessStatus status) {
    List<Obstacle> obstacles = new ArrayList<>();
    if (status.threads() > MAX_THREADS) {
      obstacles.add(
          ThreadKind.COUNT.at(
              process, "it has " + status.threads() + " threads; the limit is " + MAX_THREADS));
    }
    if (ThreadReader.innermost(status.nsPids()) == 1) {
      obstacles.add(ProcessKind.NAMESPACE_INIT.at(process));
    }
    if (SemaphoreUndo.isPossible(pid, status.threads())) {
      obstacles.add(ProcessKind.SEMAPHORE_UNDO.at(process));
    }
    if (status.untagMask() != -1) {
      obstacles.add(MemoryKind.TAGGED_ADDRESSES.at(process));
    }
    obstacles.addAll(EnvironmentObstacles.of(pid, process));
    obstacles.addAll(ThreadObstacles.of(pid));
    obstacles.addAll(UnsharedThreads.obstacles(pid));
    obstacles.addAll(MemoryPolicyObstacles.of(pid));
    return obstacles;
  }

  /** Returns where the process stands in the file system. */
  public FileSystemContext fileSystem() {
    // A first thread that has ended shows no umask.
    int umask = ProcessStatus.parse(ProcFs.read(pid, "status")).umask();
    return TargetPaths.of(pid).context(pid, umask);
  }

  /** Returns the memory that the process holds, in bytes. */
  public long residentBytes() {
    // Fields of statm are pages: size, resident, shared, ...
    String[] fields = ProcFs.readText(pid, "statm").split(" ");
    return Long.parseLong(fields[1]) * AddressRange.PAGE_BYTES;
  }

  /** Returns the descriptions of the mapped files. */
  public List<MappedFile> files() {
    return mappedFiles.files();
  }
}
