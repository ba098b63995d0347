package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.PosixTimer;
import io.github.livemigration.image.ProcessGroups;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.Seccomp;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.PosixTimerEntry;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.tracee.LentMemory;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.TracedThread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * Reads a frozen process into an image, and leaves the process exactly as it was.
 *
 * <p>To be used on the tracer's thread.
 */
public final class ProcessReader {
  private static final long AREA_BYTES = 64 * 1024;
  private static final int SUID_DUMP_ROOT = 2;
  private static final long AREA_BYTES_PER_THREAD = 3072;

  private final FrozenProcess process;
  private final Set<FileKey> sameFiles;
  private final EarlyMappings early;
  private final SourcePlan plan;
  private final OtherProcesses others;
  private final Pace pace = new Pace();
  private final ObjectTable objects = new ObjectTable();
  private final List<Obstacle> obstacles = new ArrayList<>();

  /**
   * Prepare to read.
   *
   * @param sameFiles mapped files that the destination has
   * @param early mappings as they were before the freeze
   * @param plan what the destination was told before the freeze
   * @param others processes that shared nothing with it before the freeze
   */
  public ProcessReader(
      FrozenProcess process,
      Set<FileKey> sameFiles,
      EarlyMappings early,
      SourcePlan plan,
      OtherProcesses others) {
    this.plan = plan;
    this.process = process;
    this.sameFiles = sameFiles;
    this.early = early;
    this.others = others;
  }

  /**
   * Read the process.
   *
   * @throws CannotCarryException for state that has appeared since the preflight and cannot be
   *     carried
   */
  public Capture read() throws CannotCarryException {
    int pid = process.leader().tid();
    List<Integer> tids = process.threads().stream().map(TracedThread::tid).toList();
    MemorySurvey survey = MemorySurvey.start(process, plan, () -> currentMappings(pid, tids), pace);
    try {
      return read(pid, tids, survey);
    } catch (CannotCarryException | RuntimeException e) {
      survey.abandon();
      objects.close(); // The next attempt would find them open in this process.
      throw e;
    }
  }

  private EarlyMappings currentMappings(int pid, List<Integer> tids) {
    if (!early.isCurrent(pid)) {
      return EarlyMappings.none();
    }
    early.settle(tids);
    return early;
  }

  private Capture read(int pid, List<Integer> tids, MemorySurvey survey)
      throws CannotCarryException {
    List<ProcessStatus> statuses = new ArrayList<>();
    List<ThreadReader> threads = new ArrayList<>();
    SeccompReader filters = new SeccompReader();
    List<Seccomp> seccomp = new ArrayList<>();
    ThreadStatuses read = ThreadStatuses.start(pid, tids);
    for (TracedThread thread : process.threads()) {
      ProcessStatus status = read.of(statuses.size());
      statuses.add(status);
      seccomp.add(filters.read(thread, status.seccomp())); // First, as to read may take calls.
      threads.add(new ThreadReader(thread, process.memory(), status));
    }
    boolean stopped = process.isStoppedByJobControl();
    List<byte[]> pendingSignals =
        statuses.get(0).shdPending() == 0 ? List.of() : process.leader().pendingSignals(true);
    refuse(filters.obstacles());
    refuse(threads.stream().flatMap(thread -> thread.obstacle().stream()).toList());
    // Remote calls borrow memory, which the maps must not show.
    boolean earlyUsed = survey.current() == early;
    List<MemoryMapEntry> entries = earlyUsed ? early.entries() : EarlyMappings.current(pid);
    DescriptorReader descriptorReader = new DescriptorReader(pid, true, objects, others);
    MappingClassifier classifier = new MappingClassifier(pid, true, sameFiles, objects);
    MemoryReader mappings = new MemoryReader(process.memory(), classifier, objects, plan);
    Future<DescriptorTable> besideRemoteCalls =
        Beside.start(
            () -> {
              // In this order: what descriptors lead to, mappings may share.
              DescriptorTable descriptors = descriptorReader.read();
              mappings.classify(entries, survey.resident());
              return descriptors;
            });
    List<Integer> ownTids =
        statuses.stream().map(status -> ThreadReader.innermost(status.nsPids())).toList();
    List<PosixTimerEntry> timers = PosixTimerReader.entries(pid);
    refuse(PosixTimerReader.obstacles(timers, "process " + pid, ownTids::contains));
    PendingTimers pendingTimers = new PendingTimers(timers);
    pendingTimers.addPending(pendingSignals);
    threads.forEach(thread -> pendingTimers.addPending(thread.pendingSignals()));
    ThreadTimeReader times = new ThreadTimeReader(ownTids, timers, pendingTimers::wasPending);
    RemoteState remote = pace.whileResting(() -> readRemotely(threads, entries, timers, times));
    pendingTimers.lookAgain(process);
    List<PosixTimer> posixTimers =
        remote.timers().timers(tid -> ownTid(tid, ownTids), times, pendingTimers);
    refuse(remote.obstacles(process));
    refuse(times.obstacles(process.pid()));
    ProcessStat stat = ProcessStat.parse(ProcFs.read(pid, "stat"));
    AddressSpaceLayout layout = LayoutReader.read(pid, stat, remote.process().programBreak());
    checkDumpable(remote.process().dumpable());
    DescriptorTable descriptors = Beside.result(besideRemoteCalls);
    obstacles.addAll(classifier.obstacles());
    refuse(descriptorReader.obstacles());
    MemoryImage memory =
        mappings.image(
            layout,
            remote.process().protectionKeys(),
            remote.process().futureLock(),
            HotSet.ofRseqAreas(threads));
    List<ThreadState> states = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      ThreadReader thread = threads.get(i);
      List<byte[]> pending = pendingTimers.withoutRepeated(thread.pendingSignals(), posixTimers);
      states.add(thread.state(statuses.get(i), remote.threads().get(i), seccomp.get(i), pending));
    }
    if (process.firstThreadHasEnded()) {
      states.add(
          0, EndedThread.first(process.pid(), states.get(0), systemCallInstruction(entries)));
    }
    ProcessImage image =
        new ProcessImage(
            ThreadReader.innermost(statuses.get(0).nsTgids()),
            stopped,
            states,
            memory,
            remote.process().signals(pendingTimers.withoutRepeated(pendingSignals, posixTimers)),
            descriptors,
            TargetPaths.of(pid).context(pid, statuses.get(0).umask()),
            new ProcessGroups(stat.session() == process.pid(), stat.pgrp() == process.pid()),
            remote
                .process()
                .controls(number(pid, "oom_score_adj", 10), number(pid, "coredump_filter", 16)),
            remote.process().limits(),
            remote.process().timers(),
            posixTimers,
            filters.filters());
    return new Capture(
        process,
        image,
        mappings,
        objects,
        plan,
        survey,
        hotSet(threads, remote),
        () -> {
          refuse(UnsharedThreads.obstaclesOfFrozen(pid)); // Nothing in /proc tells of them.
          return !earlyUsed || early.areUndisturbed() || early.isConfirmed(pid);
        });
  }

  private void refuse(List<Obstacle> more) throws CannotCarryException {
    obstacles.addAll(more);
    if (!obstacles.isEmpty()) {
      throw new CannotCarryException(obstacles);
    }
  }

  private int ownTid(int tid, List<Integer> ownTids) {
    for (int i = 0; i < ownTids.size(); i++) {
      if (process.threads().get(i).tid() == tid) {
        return ownTids.get(i);
      }
    }
    throw new IllegalStateException("a timer signals thread " + tid + ", which is not there");
  }

  /** Only the kernel gives a process this value, see PR_SET_DUMPABLE(2const). */
  private void checkDumpable(int dumpable) {
    if (dumpable == SUID_DUMP_ROOT) {
      obstacles.add(
          ProcessKind.DUMPABLE.at(
              "process " + process.pid(),
              "only root may read its core dumps (fs.suid_dumpable is 2), which cannot be set"
                  + " again"));
    }
  }

  private static int number(int pid, String file, int radix) {
    return Integer.parseInt(ProcFs.readText(pid, file).strip(), radix);
  }

  private long systemCallInstruction(List<MemoryMapEntry> entries) {
    return Vdso.of(process.memory(), entries).systemCallInstruction();
  }

  private record RemoteState(
      RemoteStateReader.OfProcess process,
      List<RemoteStateReader.OfThread> threads,
      PosixTimerReader timers) {
    List<Obstacle> obstacles(FrozenProcess frozen) {
      List<Obstacle> obstacles = new ArrayList<>(process.obstacles(frozen.pid()));
      for (int i = 0; i < threads.size(); i++) {
        obstacles.addAll(threads.get(i).obstacles(frozen.threads().get(i).tid()));
      }
      return obstacles;
    }
  }

  private RemoteState readRemotely(
      List<ThreadReader> threads,
      List<MemoryMapEntry> entries,
      List<PosixTimerEntry> timers,
      ThreadTimeReader times) {
    long bytes =
        AREA_BYTES
            + AREA_BYTES_PER_THREAD * threads.size()
            + (long) PosixTimerReader.AREA_BYTES * timers.size()
            + times.areaBytes()
            + AddressRange.PAGE_BYTES; // Stays untouched.
    Vdso vdso = Vdso.of(process.memory(), entries);
    int spare = vdso.spareBytes();
    LentMemory lent =
        new LentMemory(
            process.memory(),
            process.threads(),
            threads.stream().map(ThreadReader::wayBack).toList(),
            vdso.address() + spare,
            Arrays.copyOfRange(vdso.code(), spare, spare + LentMemory.SPARE_BYTES));
    try {
      threads.forEach(ThreadReader::disturb);
      RemoteArea area = lent.map(bytes);
      try {
        times.sample(lent, area);
        RemoteState state = runTables(lent, area, threads.size(), timers);
        times.sample(lent, area);
        return state;
      } finally {
        times.stop(lent, area);
      }
    } finally {
      lent.giveBack();
      threads.forEach(ThreadReader::restore);
    }
  }

  /** All threads run their tables at the same time. */
  private static RemoteState runTables(
      LentMemory lent, RemoteArea area, int threads, List<PosixTimerEntry> timers) {
    List<RemoteStateReader.OfThread> ofThreads = new ArrayList<>();
    List<RemoteBatch> batches = new ArrayList<>();
    RemoteBatch leaderBatch = area.batch();
    RemoteStateReader.OfProcess ofProcess =
        new RemoteStateReader.OfProcess(leaderBatch, area.untouchedPage());
    PosixTimerReader timerReader = new PosixTimerReader(timers, leaderBatch);
    for (int i = 0; i < threads; i++) {
      RemoteBatch batch = i == 0 ? leaderBatch : area.anotherBatch();
      ofThreads.add(new RemoteStateReader.OfThread(batch));
      batches.add(batch);
      lent.start(batch, i);
    }
    for (int i = 0; i < threads; i++) {
      lent.await(i);
    }
    batches.forEach(RemoteBatch::collect);
    return new RemoteState(ofProcess, ofThreads, timerReader);
  }

  private static HotSet hotSet(List<ThreadReader> threads, RemoteState remote) {
    HotSet hot = new HotSet();
    for (int i = 0; i < threads.size(); i++) {
      hot.add(threads.get(i), remote.threads().get(i).robustListHead());
    }
    return hot;
  }
}
