package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MappingTrait;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.pages.Ranges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what the destination can build of a process that still runs. It is a forecast: what cannot
 * be carried is left out here, and refused by those who read the frozen process.
 */
public final class PlanReader {
  /** Neighbouring pages that travel as one. */
  private static final int MAX_RUN_BYTES = 1 << 20;

  /** Runs of so many pages are remembered: for shorter ones the kernel's list is as fast. */
  private static final long LONG_RUN_PAGES = 512;

  private final int pid;
  private final ResidentPages resident;
  private final int maximumPages;
  private final List<Candidate> candidates = new ArrayList<>();

  private PlanReader(int pid, int maximumPages) {
    this.pid = pid;
    this.maximumPages = maximumPages;
    this.resident = ResidentPages.of(pid);
  }

  /**
   * Read the plan.
   *
   * @param pid of a live thread of the process
   * @param sameFiles mapped files that the destination has
   * @param maximumPages whose content is sent ahead
   */
  public static SourcePlan read(
      int pid, EarlyMappings early, Set<FileKey> sameFiles, int maximumPages) {
    return new PlanReader(pid, maximumPages).read(early, sameFiles);
  }

  private SourcePlan read(EarlyMappings early, Set<FileKey> sameFiles) {
    List<AddressRange> occupied = new ArrayList<>();
    try (ObjectTable objects = new ObjectTable()) {
      MappingClassifier classifier = new MappingClassifier(pid, false, sameFiles, objects);
      for (MemoryMapEntry entry : early.entries()) {
        if (entry.end() > 0 && entry.end() <= AddressRange.USER_SPACE_END) {
          occupied.add(new AddressRange(entry.start(), entry.length()));
          classifier.classify(entry).ifPresent(backing -> add(entry, backing));
        }
      }
    }
    Set<Candidate> withPages = chosen();
    List<Candidate> planned =
        candidates.stream()
            .filter(mapping -> withPages.contains(mapping) || !mapping.isCarriedWhole())
            .toList();
    return new SourcePlan(
        new ProcessPlan(
            occupied,
            planned.stream().map(Candidate::state).toList(),
            threadIds(),
            contents(withPages)),
        early,
        planned.stream().map(Candidate::entry).toList(),
        longRuns());
  }

  /**
   * A mapping that can be planned.
   *
   * @param pages whose content could be sent ahead
   */
  private record Candidate(MemoryMapEntry entry, MappingState state, List<AddressRange> pages) {
    long pageCount() {
      return Ranges.pageCount(pages);
    }

    boolean isCarriedWhole() {
      return MemoryReader.isCarriedWhole(state, pages);
    }
  }

  private void add(MemoryMapEntry entry, MappingBacking backing) {
    MappingState state = MemoryReader.state(entry, backing);
    if (!ProcessPlan.isPlannable(state)) {
      return;
    }
    List<AddressRange> written = entry.shared() ? List.of() : resident.writtenWithin(state.range());
    // Huge pages come as one: the few that would fit are not worth what they push aside.
    candidates.add(
        new Candidate(entry, state, state.has(MappingTrait.HUGE_PAGES) ? List.of() : written));
  }

  private List<AddressRange> longRuns() {
    return candidates.stream()
        .filter(mapping -> mapping.state().backing() instanceof MappingBacking.PrivateAnonymous)
        .flatMap(mapping -> Ranges.merged(mapping.pages()).stream()) // They are listed in pieces.
        .filter(run -> run.pageCount() >= LONG_RUN_PAGES)
        .toList();
  }

  /**
   * Small mappings first: what a program touches all the time, such as stacks, heaps of its own
   * libraries and compiled code, mostly lies there, and large ones hold its data.
   */
  private Set<Candidate> chosen() {
    List<Candidate> smallFirst = new ArrayList<>(candidates);
    smallFirst.sort(Comparator.comparingLong(Candidate::pageCount));
    Set<Candidate> chosen = new HashSet<>();
    long count = 0;
    for (Candidate mapping : smallFirst) {
      count += mapping.pageCount();
      if (count > maximumPages) {
        break;
      }
      chosen.add(mapping);
    }
    return chosen;
  }

  private List<PageContents> contents(Set<Candidate> chosen) {
    List<PageContents> contents = new ArrayList<>();
    try (ProcessMemory memory = ProcessMemory.open(pid)) {
      candidates.stream()
          .filter(chosen::contains)
          .flatMap(mapping -> mapping.pages().stream())
          .forEach(range -> read(memory, range, contents));
    }
    return contents;
  }

  private void read(ProcessMemory memory, AddressRange range, List<PageContents> contents) {
    for (long start = range.startAddress(); start < range.endAddress(); start += MAX_RUN_BYTES) {
      int length = (int) Math.min(MAX_RUN_BYTES, range.endAddress() - start);
      try {
        contents.add(new PageContents(start, memory.readBytes(start, length), true));
      } catch (SystemCallException e) {
        return; // It has gone since it was listed.
      }
    }
  }

  private List<Integer> threadIds() {
    List<Integer> ids = new ArrayList<>();
    for (int tid : ProcFs.threads(pid)) {
      threadId(tid).ifPresent(ids::add);
    }
    return ids;
  }

  /**
   * Returns the id that the target knows; empty for a thread that has ended since it was listed.
   */
  private Optional<Integer> threadId(int tid) {
    try {
      byte[] status = ProcFs.read(pid, "task/" + tid + "/status");
      return Optional.of(ThreadReader.innermost(ProcessStatus.parse(status).nsPids()));
    } catch (NoSuchProcessException e) {
      return Optional.empty();
    }
  }
}
