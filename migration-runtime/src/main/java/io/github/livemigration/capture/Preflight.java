package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.MappedFile;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at a running process and tells what of it would be carried and what stands in the way.
 * Changes nothing.
 *
 * @param pid in this process's PID namespace
 * @param status of the leader
 * @param mappings of its address space
 * @param mappedFiles files that the destination may have too
 * @param paths files and directories that the destination must have
 * @param obstacles empty where the process can be carried
 */
public record Preflight(
    int pid,
    ProcessStatus status,
    List<MemoryMapEntry> mappings,
    MappedFileReader mappedFiles,
    Set<String> paths,
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
    List<Obstacle> obstacles = new ArrayList<>(processObstacles(pid, status, ownTracee));
    if (!obstacles.isEmpty()) {
      return new Preflight(
          pid, status, List.of(), new MappedFileReader(pid, List.of()), Set.of(), obstacles);
    }
    List<MemoryMapEntry> mappings = MemoryMapParser.parse(ProcFs.read(pid, "smaps"));
    MappedFileReader files = new MappedFileReader(pid, mappings);
    Set<Integer> all = new HashSet<>();
    for (int i = 0; i < files.files().size(); i++) {
      all.add(i);
    }
    MappingClassifier classifier = new MappingClassifier(pid, files.keysOf(all));
    mappings.forEach(classifier::classify);
    obstacles.addAll(classifier.obstacles());
    DescriptorReader descriptors = new DescriptorReader(pid);
    DescriptorTable table = descriptors.read();
    obstacles.addAll(descriptors.obstacles());
    return new Preflight(pid, status, mappings, files, paths(pid, table), obstacles);
  }

  private static Set<String> paths(int pid, DescriptorTable table) {
    Set<String> paths = new TreeSet<>();
    paths.add(ProcFs.readLink(pid, "cwd"));
    for (OpenFile.Shared shared : table.files()) {
      if (shared.file() instanceof OpenFile.ReopenedPath file) {
        paths.add(file.path());
      }
    }
    return paths;
  }

  private static List<Obstacle> processObstacles(int pid, ProcessStatus status, boolean ownTracee) {
    List<Obstacle> obstacles = new ArrayList<>();
    String process = "process " + pid + " (" + status.name() + ")";
    if (status.kernelThread()) {
      return List.of(
          new Obstacle(process, "it is a kernel thread, not a program; choose another pid"));
    }
    if (status.tgid() != pid) {
      return List.of(
          new Obstacle(process, "it is a thread of process " + status.tgid() + "; give that pid"));
    }
    if (pid == SelfProcess.pid()) {
      return List.of(
          new Obstacle(process, "it is the sender itself; run the sender as another process"));
    }
    if (status.state() == 'Z' || status.state() == 'X') {
      return List.of(new Obstacle(process, "it has ended, or its first thread has"));
    }
    if (status.tracerPid() != 0 && !ownTracee) {
      return List.of(
          new Obstacle(
              process,
              "process %d traces it already (a debugger?); end that first"
                  .formatted(status.tracerPid())));
    }
    if (!ownTracee && (status.state() == 'T' || status.state() == 't')) {
      obstacles.add(
          new Obstacle(process, "stopped processes are not carried yet; send it SIGCONT first"));
    }
    if (status.threads() > MAX_THREADS) {
      obstacles.add(
          new Obstacle(
              process, "it has " + status.threads() + " threads; the limit is " + MAX_THREADS));
    }
    if (ThreadReader.innermost(status.nsPids()) == 1) {
      obstacles.add(
          new Obstacle(
              process,
              "it is the init of its PID namespace, which is not carried; move its child"));
    }
    if (status.seccomp() != 0) {
      obstacles.add(new Obstacle(process, "seccomp filters are not carried yet"));
    }
    if ((status.sigIgnored() & 1L << (Signals.SIGTRAP - 1)) != 0) {
      obstacles.add(
          new Obstacle(
              process, "it ignores SIGTRAP, by which remote calls come back; that is not carried"));
    }
    obstacles.addAll(EnvironmentObstacles.of(pid, process));
    return obstacles;
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
