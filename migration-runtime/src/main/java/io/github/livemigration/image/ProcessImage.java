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
    List<PosixTimer> posixTimers) {

  public ProcessImage {
    threads = List.copyOf(threads);
    posixTimers = List.copyOf(posixTimers);
    Set<Integer> tids = new HashSet<>();
    for (ThreadState thread : threads) {
      if (!tids.add(thread.tid())) {
        throw new IllegalArgumentException("thread id " + thread.tid() + " is there twice");
      }
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
}
