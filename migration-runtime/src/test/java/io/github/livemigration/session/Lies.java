package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The lies that a peer can be caught at. */
final class Lies {
  private static final long KERNEL_SPACE = 0xffff_8880_0000_0000L;
  private static final long NOTHING_THERE = 0x1000_0000L;
  private static final int MANY_THREADS = 2_000;

  private Lies() {}

  /** What a sender says before COMMIT. */
  static List<Lie> ofSenders() {
    List<Lie> lies = new ArrayList<>(outOfOrder());
    lies.addAll(inProposalAndPlan());
    lies.addAll(inImage());
    lies.addAll(inContents());
    return lies;
  }

  private static List<Lie> outOfOrder() {
    return List.of(
        Lie.before(FrameType.PREPARE, FrameType.HELLO).answeredBy("HELLO where PREPARE was due"),
        Lie.before(FrameType.PLAN, FrameType.IMAGE).answeredBy("IMAGE where PLAN was due"),
        Lie.before(FrameType.IMAGE, FrameType.PLAN).answeredBy("PLAN where IMAGE was due"),
        Lie.replacing(FrameType.IMAGE, FrameType.COMMIT).answeredBy("COMMIT where IMAGE was due"),
        Lie.before(FrameType.CONTENTS, FrameType.COMMIT)
            .answeredBy("COMMIT where CONTENTS was due"),
        Lie.twice(FrameType.IMAGE).answeredBy("IMAGE where CONTENTS was due"),
        Lie.twice(FrameType.CONTENTS).answeredBy("before COMMIT arrived"));
  }

  private static List<Lie> inProposalAndPlan() {
    return List.of(
        proposal("threads", "2^31 threads", it -> 0x7fff_ffff).answeredBy("2147483647"),
        proposal("residentBytes", "2^62 bytes", it -> 1L << 62).answeredBy("the target holds"),
        proposal("fileSystem.workingDirectory", "directory that goes up", it -> "/usr/../etc")
            .answeredBy("/usr/\\.\\./etc"),
        plan("mappings.backing.path", "mapped file that goes up", it -> "/usr/.." + it)
            .answeredBy("policy does not admit /usr/\\.\\."),
        plan("threadIds", "threads that were not announced", it -> upTo(MANY_THREADS))
            .answeredBy("%d threads, where at most".formatted(MANY_THREADS)),
        Lie.about(FrameType.PLAN, "overlapping mappings", truth -> moved(truth, 1, 0))
            .answeredBy("overlaps the one before"),
        Lie.about(FrameType.PLAN, "mapping in kernel space", Lies::inKernelSpace)
            .answeredBy("is outside user space"));
  }

  private static List<Lie> inImage() {
    return List.of(
        image("keptMappings", "mapping that was not planned", it -> List.of(1 << 20))
            .answeredBy("the plan has no mapping 1048576"),
        image("keptMappings", "mapping that is kept twice", Lies::doubled)
            .answeredBy("overlaps the one before"),
        image("image", "another process", Lies::otherProcess).answeredBy("process 4711 has come"),
        image("image.threads", "threads that were not planned", Lies::manyThreads)
            .answeredBy("%d threads, where at most".formatted(MANY_THREADS)),
        image(
                "image.descriptors.files.descriptors.number",
                "descriptor beyond all limits",
                it -> 1_000_000 + (int) it)
            .answeredBy("descriptor"),
        image("image.descriptors.files.file", "open file that goes up", Lies::goingUp)
            .answeredBy("policy does not admit /dev/\\.\\."),
        image("image.memory.layout.executable", "program that goes up", Lies::programGoingUp)
            .answeredBy("policy does not admit /usr/\\.\\."));
  }

  private static List<Lie> inContents() {
    return List.of(
        contents("eagerPages", "pages where no mapping is", Lies::elsewhere)
            .answeredBy("0x10000000"),
        contents("pagesToCome", "more pages than there can be", it -> List.of(ofPages(1L << 33)))
            .answeredBy("pages, where at most|exceeds the limit"),
        contents("pagesToCome", "more pages than the host has", it -> List.of(ofPages(1L << 29)))
            .answeredBy("pages, where at most"),
        contents("pagesToCome", "overlapping pages", Lies::doubled).answeredBy("overlaps"));
  }

  /** What a sender says after COMMIT. */
  static List<Lie> ofSendersInPostCopy() {
    return List.of(
        Lie.twice(FrameType.PAGES),
        Lie.about(FrameType.PAGES, "pages of another place", Lies::ofAnotherPlace),
        Lie.about(FrameType.PAGES, "pages without end", it -> Collections.nCopies(1_000, it)),
        Lie.twice(FrameType.COMMIT),
        Lie.before(FrameType.PAGES, FrameType.GET_PAGES));
  }

  /** What a receiver says before COMMIT. */
  static List<Lie> ofReceivers() {
    return List.of(
        Lie.replacing(FrameType.PREPARED, FrameType.PLANNED)
            .answeredBy("PLANNED where PREPARED was due"),
        Lie.replacing(FrameType.PLANNED, FrameType.RESTORED)
            .answeredBy("RESTORED where PLANNED was due"),
        Lie.replacing(FrameType.RESTORED, FrameType.RESUMED)
            .answeredBy("RESUMED where RESTORED was due"),
        Lie.replacing(FrameType.RESTORED, FrameType.COMPLETE)
            .answeredBy("COMPLETE where RESTORED was due"),
        Lie.replacing(FrameType.RESTORED, FrameType.PAGES)
            .answeredBy("PAGES where RESTORED was due"));
  }

  private static Lie proposal(String place, String name, UnaryOperator<Object> change) {
    return Lie.in(FrameType.PREPARE, MigrationProposal.class, place, name, change);
  }

  private static Lie plan(String place, String name, UnaryOperator<Object> change) {
    return Lie.in(FrameType.PLAN, ProcessPlan.class, place, name, change);
  }

  private static Lie image(String place, String name, UnaryOperator<Object> change) {
    return Lie.in(FrameType.IMAGE, FrozenTarget.class, place, name, change);
  }

  private static Lie contents(String place, String name, UnaryOperator<Object> change) {
    return Lie.in(FrameType.CONTENTS, MemoryContents.class, place, name, change);
  }

  private static List<Integer> upTo(int count) {
    return IntStream.rangeClosed(1, count).boxed().toList();
  }

  private static AddressRange ofPages(long count) {
    return new AddressRange(1 << 16, count * AddressRange.PAGE_BYTES);
  }

  private static List<Object> doubled(Object list) {
    List<Object> twice = new ArrayList<>();
    ((List<?>) list).forEach(element -> twice.addAll(Collections.nCopies(2, element)));
    return twice;
  }

  private static List<Frame> moved(Frame plan, int which, int where) throws WireException {
    List<MappingState> mappings = mappingsOf(plan);
    return List.of(
        Lie.replaced(
            plan,
            mappings.get(which).range().startAddress(),
            mappings.get(where).range().startAddress()));
  }

  private static List<Frame> inKernelSpace(Frame plan) throws WireException {
    return List.of(
        Lie.replaced(plan, mappingsOf(plan).get(0).range().startAddress(), KERNEL_SPACE));
  }

  private static List<MappingState> mappingsOf(Frame plan) throws WireException {
    return RecordCodec.of(ProcessPlan.class).decode(plan.payload()).mappings();
  }

  private static Object otherProcess(Object image) {
    ProcessImage other = (ProcessImage) image;
    List<ThreadState> threads = new ArrayList<>(other.threads());
    threads.set(0, RecordEdit.with(threads.get(0), "tid", it -> 4711));
    return new ProcessImage(
        4711,
        other.stopped(),
        threads,
        other.memory(),
        other.signals(),
        other.descriptors(),
        other.fileSystem(),
        other.groups(),
        other.controls(),
        other.limits(),
        other.timers(),
        other.posixTimers(),
        other.systemCallFilters());
  }

  private static List<ThreadState> manyThreads(Object threads) {
    ThreadState leader = (ThreadState) ((List<?>) threads).get(0);
    List<ThreadState> many = new ArrayList<>(List.of(leader));
    for (int tid = 100_000; many.size() < MANY_THREADS; tid++) {
      int number = tid;
      ThreadState small = RecordEdit.with(leader, "extendedState", it -> new byte[576]);
      many.add(RecordEdit.with(small, "tid", it -> number));
    }
    return many;
  }

  private static Object goingUp(Object file) {
    return file instanceof OpenFile.ReopenedPath
        ? RecordEdit.with(file, "path", it -> "/dev/.." + it)
        : file;
  }

  private static Object programGoingUp(Object executable) {
    return ((Optional<?>) executable).map(path -> "/usr/.." + path);
  }

  private static List<PageContents> elsewhere(Object pages) {
    List<PageContents> more = new ArrayList<>();
    more.add(new PageContents(NOTHING_THERE, new byte[AddressRange.PAGE_BYTES], false));
    ((List<?>) pages).forEach(page -> more.add((PageContents) page));
    return more;
  }

  private static List<Frame> ofAnotherPlace(Frame pages) {
    byte[] payload = pages.payload().clone();
    ByteBuffer.wrap(payload).putLong(0, NOTHING_THERE);
    return List.of(new Frame(pages.type(), payload));
  }
}
