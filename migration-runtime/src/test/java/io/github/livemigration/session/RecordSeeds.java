package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.restore.KeptDescriptors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What sender and receiver really say to each other, for a fuzzer to begin with: taken down while
 * programs move that have one of nearly each kind of state.
 */
final class RecordSeeds {
  private static final List<SelfChecking> PROGRAMS =
      List.of(
          SelfChecking.STATE,
          SelfChecking.IDENTITY,
          SelfChecking.TIMERS,
          SelfChecking.SANDBOX,
          SelfChecking.RARE,
          SelfChecking.HOLDER);

  /** Values of one shape that a seed keeps: to a decoder more are the same, and take time. */
  private static final int FEW = 2;

  private static final List<AddressRange> RANGES =
      List.of(new AddressRange(1 << 20, 1 << 16), new AddressRange(1L << 40, 1 << 12));

  private final List<Record> records = new CopyOnWriteArrayList<>();

  private RecordSeeds() {}

  /** Move the programs, each once; returns what was said, and what both sides note. */
  static List<Record> ofRealMoves(Path folder) throws Exception {
    RecordSeeds seeds = new RecordSeeds();
    for (SelfChecking program : PROGRAMS) {
      seeds.move(program, folder);
    }
    seeds.addNotes();
    return seeds.records;
  }

  private void move(SelfChecking program, Path folder) throws Exception {
    try (TargetProcess target = program.start(folder);
        TestReceiver receiver = new TestReceiver();
        MutatingProxy proxy =
            new MutatingProxy(receiver.address(), this::noteImage, this::noteProposal)) {
      receiver.receive(target, SenderOptions.to(proxy.address()).withVerify(true));
    }
  }

  private MigrationProposal noteProposal(MigrationProposal proposal) {
    records.add(proposal);
    return proposal;
  }

  private WholeTarget noteImage(WholeTarget whole) {
    ProcessImage image = whole.image();
    List<MappingState> mappings = ofEachShape(image.memory().mappings());
    records.add(
        new FrozenTarget(
            image.withMemory(image.memory().withMappings(mappings)), List.of(0, 1), 5_000_000));
    records.add(planOf(image, mappings));
    records.add(few(whole.contents()));
    return whole;
  }

  private static List<MappingState> ofEachShape(List<MappingState> mappings) {
    Map<Object, Integer> seen = new HashMap<>();
    return mappings.stream()
        .filter(
            mapping ->
                seen.merge(
                        List.of(
                            mapping.backing().getClass(),
                            mapping.protection(),
                            mapping.traits(),
                            mapping.advice(),
                            mapping.lock()),
                        1,
                        Integer::sum)
                    <= FEW)
        .toList();
  }

  private static ProcessPlan planOf(ProcessImage image, List<MappingState> mappings) {
    List<MappingState> plannable = mappings.stream().filter(ProcessPlan::isPlannable).toList();
    return new ProcessPlan(
        mappings.stream().map(MappingState::range).toList(),
        plannable,
        image.threads().stream().map(ThreadState::tid).toList(),
        List.of(
            new PageContents(
                plannable.get(0).range().startAddress(),
                new byte[AddressRange.PAGE_BYTES],
                false)));
  }

  private static MemoryContents few(MemoryContents contents) {
    return new MemoryContents(
        few(contents.guards()),
        few(contents.pagesToCome()),
        few(contents.earlyPages()),
        few(contents.plannedPages()),
        few(contents.eagerPages()),
        few(contents.zeroPages()));
  }

  private static <T> List<T> few(List<T> all) {
    return all.subList(0, Math.min(FEW, all.size()));
  }

  /** What no proxy sees, and what the receiver says. */
  private void addNotes() {
    byte[] token = new byte[16];
    PageCompletion completion =
        new PageCompletion(9, 1, 2, 1, 3, 1, 1, 0, false, 77, 9, FaultLatency.NONE, 1_000);
    records.addAll(
        List.of(
            new MigrationAnswer(
                List.of(0, 2),
                List.of(1),
                true,
                List.of(new Obstacle("POLICY", "user id 0", "it is not admitted", "ask"))),
            new RestoredTarget(4711, List.of("the priority could not be set")),
            completion,
            new CompletionVerdict(false, "another checksum"),
            new SessionState(SessionState.Fate.RUNNING),
            new SavedSession(
                token,
                "::1",
                43000,
                "fingerprint",
                7,
                8,
                "boot id",
                true,
                true,
                RANGES,
                List.of(new FrozenProcess.ParkedThread(7, new byte[216], -1))),
            new ReceivedSession(
                token,
                "fingerprint",
                7,
                8,
                9,
                "boot id",
                1,
                2,
                true,
                new ReceivedSession.Pages(RANGES, few(RANGES), List.of(), RANGES),
                new KeptDescriptors(1, 4, 5, 6, 7),
                true,
                Optional.of(completion))));
  }
}
