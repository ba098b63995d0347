package io.github.livemigration.image;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything the destination needs to build the target again.
 *
 * @param pid as the target itself sees it, also the tid of its first thread
 * @param stopped by a signal such as SIGSTOP, until SIGCONT
 * @param threads the leader first
 * @param memory mappings and early content
 * @param signals what threads share about signals
 * @param descriptors open files
 * @param fileSystem working directory and umask
 * @param groups session and process group
 * @param controls switches of the whole process
 * @param limits resource limits
 * @param timers interval timers
 * @param posixTimers timers of {@code timer_create(2)}
 * @param systemCallFilters filters that threads are under
 */
public record ProcessImage(
    int pid,
    boolean stopped,
    List<ThreadState> threads,
    MemoryImage memory,
    SignalState signals,
    DescriptorTable descriptors,
    FileSystemContext fileSystem,
    ProcessGroups groups,
    ProcessControls controls,
    ResourceLimits limits,
    IntervalTimers timers,
    List<PosixTimer> posixTimers,
    List<SystemCallFilter> systemCallFilters) {

  /** What the kernel permits the filters of one thread, each of which counts four more. */
  private static final int MAX_FILTER_INSTRUCTIONS = 32_768;

  private static final int FILTER_OVERHEAD = 4;

  public ProcessImage {
    threads = List.copyOf(threads);
    posixTimers = List.copyOf(posixTimers);
    systemCallFilters = List.copyOf(systemCallFilters);
    Set<Integer> tids = new HashSet<>();
    for (ThreadState thread : threads) {
      if (!tids.add(thread.tid())) {
        throw new IllegalArgumentException("thread id " + thread.tid() + " is there twice");
      }
      checkFilters(thread.seccomp(), systemCallFilters);
    }
    for (OpenFile.Shared file : descriptors.files()) {
      if (file.file() instanceof OpenFile.ObjectFile object
          && object.objectIndex() >= memory.objects().size()) {
        throw new IllegalArgumentException("memory object " + object.objectIndex() + " is missing");
      }
    }
    if (threads.isEmpty() || threads.get(0).tid() != pid) {
      throw new IllegalArgumentException("the first thread is not the leader " + pid);
    }
  }

  private static void checkFilters(Seccomp seccomp, List<SystemCallFilter> all) {
    int instructions = 0;
    for (int position : seccomp.filters()) {
      if (position < 0 || position >= all.size()) {
        throw new IllegalArgumentException("system call filter " + position + " is missing");
      }
      instructions +=
          all.get(position).program().length / SystemCallFilter.INSTRUCTION_BYTES + FILTER_OVERHEAD;
      if (instructions > MAX_FILTER_INSTRUCTIONS) {
        throw new IllegalArgumentException("too many system call filters for one thread");
      }
    }
  }

  /** Returns the same process with another memory. */
  public ProcessImage withMemory(MemoryImage other) {
    return new ProcessImage(
        pid,
        stopped,
        threads,
        other,
        signals,
        descriptors,
        fileSystem,
        groups,
        controls,
        limits,
        timers,
        posixTimers,
        systemCallFilters);
  }
}
