package io.github.livemigration.capture;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.ProcessStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what a process holds of each kind that is carried, as far as /proc shows it. */
final class KindsFound {
  static final Map<Class<? extends MappingBacking>, StateKind> OF_MAPPINGS =
      Map.of(
          MappingBacking.PrivateAnonymous.class, MemoryKind.PRIVATE,
          MappingBacking.HugePages.class, MemoryKind.HUGE_PAGES,
          MappingBacking.ZeroDevice.class, MemoryKind.PRIVATE,
          MappingBacking.SameFile.class, MemoryKind.PRIVATE_FILE,
          MappingBacking.OfObject.class, MemoryKind.SHARED,
          MappingBacking.KernelPages.class, MemoryKind.KERNEL_PAGES);

  static final Map<Class<? extends OpenFile>, StateKind> OF_FILES =
      Map.of(
          OpenFile.ReceiverStream.class, DescriptorKind.STANDARD_STREAM,
          OpenFile.ReopenedPath.class, DescriptorKind.FILE,
          OpenFile.OwnProcessFile.class, DescriptorKind.OWN_PROCESS_FILE,
          OpenFile.ObjectFile.class, DescriptorKind.MEMORY_FILE,
          OpenFile.PipeEnd.class, DescriptorKind.PIPE,
          OpenFile.EventCounter.class, DescriptorKind.EVENTFD,
          OpenFile.ExpirationTimer.class, DescriptorKind.TIMERFD,
          OpenFile.SignalReader.class, DescriptorKind.SIGNALFD,
          OpenFile.FileWatcher.class, DescriptorKind.INOTIFY,
          OpenFile.EventPoll.class, DescriptorKind.EPOLL);

  private final Map<StateKind, Integer> counts = new LinkedHashMap<>();

  Map<StateKind, Integer> counts() {
    Map<StateKind, Integer> inOrder = new LinkedHashMap<>();
    for (StateKind kind : StateKind.all()) {
      if (counts.getOrDefault(kind, 0) > 0) {
        inOrder.put(kind, counts.get(kind));
      }
    }
    return inOrder;
  }

  private void add(StateKind kind, int more) {
    counts.merge(kind, more, Integer::sum);
  }

  void add(ProcessStatus status) {
    for (ProcessKind always :
        new ProcessKind[] {
          ProcessKind.PID,
          ProcessKind.CREDENTIALS,
          ProcessKind.LIMITS,
          ProcessKind.UMASK,
          ProcessKind.WORKING_DIRECTORY
        }) {
      add(always, 1);
    }
    add(ProcessKind.NO_NEW_PRIVILEGES, status.noNewPrivs() ? 1 : 0);
    add(ThreadKind.COUNT, status.threads());
    add(ThreadKind.REGISTERS, status.threads());
    add(ThreadKind.SIGNAL_ACTIONS, Long.bitCount(status.sigCaught() | status.sigIgnored()));
    add(
        ThreadKind.PENDING_SIGNALS,
        Long.bitCount(status.sigPending()) + Long.bitCount(status.shdPending()));
  }

  void addSeccomp(int threads) {
    add(ProcessKind.SECCOMP, threads);
  }

  void addPosixTimers(int count) {
    add(ThreadKind.POSIX_TIMERS, count);
  }

  void add(MappingBacking backing, boolean shared) {
    boolean sharedFile = shared && backing instanceof MappingBacking.SameFile;
    add(
        sharedFile
            ? MemoryKind.SHARED_FILE
            : OF_MAPPINGS.getOrDefault(backing.getClass(), MemoryKind.OTHER),
        1);
  }

  void add(DescriptorTable table) {
    for (OpenFile.Shared shared : table.files()) {
      add(
          OF_FILES.getOrDefault(shared.file().getClass(), DescriptorKind.OTHER),
          shared.descriptors().size());
    }
  }
}
