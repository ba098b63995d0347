package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.pages.FreeRanges;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import io.github.livemigration.tracee.SystemCallInstruction;
import io.github.livemigration.tracee.TracedThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process that becomes the target: the only child of a namespace's init, stopped before its
 * first instruction.
 *
 * <p>Made before the target is frozen, so that its making is not in the downtime. To be used on the
 * tracer's thread.
 */
public final class BlankProcess {
  private static final long PAGE_MASK = -AddressRange.PAGE_BYTES;
  private static final long KERNEL_PAGES_BYTES = 128 * 1024;
  private static final long AREA_BYTES = 256 * 1024;
  private static final long AREA_BYTES_PER_MAPPING = 1024;
  private static final long AREA_BYTES_PER_THREAD = 12 * 1024;
  private static final int PR_SET_THP_DISABLE = 41;
  private static final int MFD_CLOEXEC = 1;

  private final NamespaceInit init;
  private final int pid;
  private final TracedThread leader;
  private final boolean raised;
  private final ProcessMemory memory;
  private final Pidfd pidfd;
  private final PlannedThreads threads;
  private @Nullable Prepared prepared;

  private BlankProcess(NamespaceInit init, int pid, TracedThread leader, boolean raised) {
    this.init = init;
    this.pid = pid;
    this.leader = leader;
    this.raised = raised;
    this.memory = ProcessMemory.open(leader.tid());
    this.pidfd = Pidfd.open(leader.tid());
    this.threads = new PlannedThreads(pid, leader);
  }

  /**
   * Make namespaces, their init and the process.
   *
   * @param pid in the new PID namespace
   * @param clocks how far the target's clocks are ahead of this host's
   * @param endWithTracer whether the end of this thread is to end the process, even after it was
   *     resumed
   */
  public static BlankProcess create(int pid, ClockShift clocks, boolean endWithTracer) {
    NamespaceInit init = NamespaceInit.spawn();
    try {
      if (endWithTracer) {
        init.endWithTracer();
      }
      if (!clocks.isNone()) {
        init.shiftClocks(clocks.monotonicNanos(), clocks.boottimeNanos());
      }
      TracedThread leader = init.fork(pid);
      // Until its threads get the target's scheduling, they work for a process that stands still.
      boolean raised = ThreadPriority.raise(leader.tid(), ThreadPriority.Urgency.PROCESS_WAITS);
      return new BlankProcess(init, pid, leader, raised);
    } catch (RuntimeException e) {
      init.destroy();
      throw e;
    }
  }

  NamespaceInit init() {
    return init;
  }

  TracedThread leader() {
    return leader;
  }

  /** Returns whether its threads have a real-time policy until they get the target's. */
  boolean raised() {
    return raised;
  }

  ProcessMemory memory() {
    return memory;
  }

  Pidfd pidfd() {
    return pidfd;
  }

  /** Returns the process id in this host's PID namespace. */
  public int hostPid() {
    return leader.tid();
  }

  /** Returns the process id in the new PID namespace. */
  public int pid() {
    return pid;
  }

  PlannedThreads threads() {
    return threads;
  }

  /** Kill the process with its namespaces. */
  public void destroy() {
    if (prepared != null) {
      prepared.userfault().close();
    }
    memory.close();
    pidfd.close();
    init.destroy();
  }

  /**
   * Build what is known of the target while it still runs: its address space with some content, and
   * its threads. Once only, before {@link RestoredProcess#begin}.
   *
   * @param vdso of the source's kernel
   * @param credentials of the process so far
   */
  public void prepare(ProcessPlan plan, SourceVdso vdso, Credentials credentials) {
    List<MemoryMapEntry> blank = MemoryMapParser.parse(ProcFs.read(leader.tid(), "maps"));
    List<AddressRange> occupied = new ArrayList<>(plan.occupied());
    plan.mappings().forEach(mapping -> occupied.add(mapping.range()));
    for (MemoryMapEntry entry : blank) {
      if (entry.end() > 0 && entry.end() <= AddressRange.USER_SPACE_END) {
        occupied.add(new AddressRange(entry.start(), entry.length()));
      }
    }
    FreeRanges free = new FreeRanges(occupied);
    AddressRange waiting = free.take(KERNEL_PAGES_BYTES);
    AddressRange place =
        free.take(
            wholePages(
                AREA_BYTES
                    + AREA_BYTES_PER_MAPPING * plan.mappings().size()
                    + AREA_BYTES_PER_THREAD * plan.threadIds().size()));
    leader.blockSignals();
    RemoteArea area = map(place, NamespaceInit.systemCallInstruction());
    RemoteBatch batch = area.batch();
    // A huge page would put zeros where pages are still to come.
    batch.call("prctl(PR_SET_THP_DISABLE)", X8664.PRCTL, PR_SET_THP_DISABLE, 1, 0, 0, 0);
    Descriptors descriptors = new Descriptors(batch);
    KernelPagesBuilder kernelPages =
        new KernelPagesBuilder(batch, descriptors, plan.mappings(), vdso);
    kernelPages.emptyAddressSpace(blank, waiting, place);
    ObjectBuilder none = new ObjectBuilder(batch, descriptors, List.of(), List.of(), 0);
    new MappingBuilder(batch, descriptors, none).map(plan.mappings());
    int descriptor = UserfaultBuilder.create(batch, descriptors);
    threads.add(batch, plan.threadIds());
    batch.run();
    descriptors.verify();
    kernelPages.forwardVdso(memory);
    threads.awaitNew();
    AddressRange code = SourceVdso.range(plan.mappings());
    long instruction =
        code.startAddress()
            + SystemCallInstruction.offsetIn(
                memory.readBytes(code.startAddress(), (int) code.lengthBytes()));
    int kept = keepInInit(descriptor);
    UserfaultFd taken = new UserfaultFd(pidfd.takeFd(descriptor));
    prepared = new Prepared(plan, taken, kept, waiting, instruction, credentials);
    RemoteBatch close = area.batch();
    close.call("close(userfaultfd)", X8664.CLOSE, descriptor);
    close.run();
    area.unmap(instruction);
    plan.pages().forEach(pages -> memory.writeBytes(pages.startAddress(), pages.bytes()));
  }

  /**
   * Have the init keep what another receiver needs when this one dies. Once only, after {@link
   * #prepare}.
   */
  public KeptDescriptors keep() {
    RemoteBatch create = init.batch();
    long sockets = create.room(2 * Integer.BYTES);
    RemoteCall memory =
        create.call(
            "memfd_create", X8664.MEMFD_CREATE, create.string("migration-journal"), MFD_CLOEXEC);
    create.call(
        "socketpair", X8664.SOCKETPAIR, DescriptorQueue.AF_UNIX, DescriptorQueue.TYPE, 0, sockets);
    create.run();
    ByteBuffer pair =
        ByteBuffer.wrap(create.read(sockets, 2 * Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    RemoteBatch size = init.batch();
    size.call("ftruncate", X8664.FTRUNCATE, memory.result(), EventJournal.LENGTH_BYTES);
    size.run();
    return new KeptDescriptors(
        init.hostPid(),
        prepared().keptUserfault(),
        (int) memory.result(),
        pair.getInt(0),
        pair.getInt(Integer.BYTES));
  }

  /** Returns what {@link #prepare} was told. */
  public ProcessPlan plan() {
    return prepared().plan();
  }

  /** Returns what {@link #prepare} has made. */
  Prepared prepared() {
    if (prepared == null) {
      throw new IllegalStateException("an image without a plan");
    }
    return prepared;
  }

  /**
   * What was made before the freeze.
   *
   * @param plan that it was made from
   * @param userfault this process's descriptor, with nothing registered; the process itself has
   *     none
   * @param keptUserfault the descriptor that the init has
   * @param waiting where pages of this host's kernel may lie
   * @param instruction address of the only {@code syscall} instruction
   * @param credentials of all its threads
   */
  record Prepared(
      ProcessPlan plan,
      UserfaultFd userfault,
      int keptUserfault,
      AddressRange waiting,
      long instruction,
      Credentials credentials) {
    /** Once the pages are written, they only take memory. */
    Prepared withoutPlan() {
      return new Prepared(
          ProcessPlan.NONE, userfault, keptUserfault, waiting, instruction, credentials);
    }
  }

  /**
   * Make the address space what the image says, which mostly is what was planned.
   *
   * @param image with all mappings
   * @param difference between the plan and the image
   * @param queuedBytes of pipes, which travel through the area too
   * @param firstObjectNumber first descriptor above all that the target uses
   */
  AddressSpace completeAddressSpace(
      ProcessImage image, MappingDifference difference, long queuedBytes, int firstObjectNumber) {
    MemoryImage target = image.memory();
    List<MappingState> missing = difference.missing();
    FreeRanges free = new FreeRanges(taken(target));
    AddressRange place =
        free.take(
            wholePages(
                AREA_BYTES
                    + AREA_BYTES_PER_MAPPING * (missing.size() + target.objects().size())
                    + AREA_BYTES_PER_THREAD * image.threads().size()
                    + queuedBytes));
    RemoteArea area = map(place, prepared().instruction());
    RemoteBatch batch = area.batch();
    Descriptors descriptors = new Descriptors(batch);
    ObjectBuilder objects =
        new ObjectBuilder(
            batch, descriptors, target.objects(), target.mappings(), firstObjectNumber);
    MappingBuilder mappings = new MappingBuilder(batch, descriptors, objects);
    LockBuilder locks = new LockBuilder(batch, descriptors);
    LayoutBuilder layout = new LayoutBuilder(batch, descriptors, target);
    mappings.unmap(difference.obsolete());
    objects.create(free);
    mappings.map(missing);
    objects.finish();
    locks.lock(target);
    new ProtectionKeyBuilder(batch, descriptors).build(target);
    mappings.seal(missing);
    layout.build();
    batch.run();
    descriptors.verify();
    locks.verify();
    target.rseqPages().forEach(page -> memory.writeBytes(page.startAddress(), page.bytes()));
    ContentWriter writer =
        new ContentWriter(memory, target, index -> pidfd.takeFd(objects.number(index)));
    prepared = prepared().withoutPlan();
    return new AddressSpace(area, writer, layout.warning());
  }

  private RemoteArea map(AddressRange place, long instruction) {
    return RemoteArea.map(leader, memory, instruction, place.startAddress(), place.lengthBytes());
  }

  private static long wholePages(long bytes) {
    return (bytes + ~PAGE_MASK) & PAGE_MASK;
  }

  private List<AddressRange> taken(MemoryImage image) {
    List<AddressRange> taken = new ArrayList<>();
    taken.add(prepared().waiting());
    prepared().plan().mappings().forEach(mapping -> taken.add(mapping.range()));
    image.mappings().forEach(mapping -> taken.add(mapping.range()));
    return taken;
  }

  /**
   * The address space as the target has it.
   *
   * @param area for the remote calls that follow
   * @param writer takes content that has to be there early
   * @param warning what could not be set, for people
   */
  record AddressSpace(RemoteArea area, ContentWriter writer, Optional<String> warning) {}

  /**
   * Give the init a descriptor of its own. When the last descriptor of a userfaultfd is closed, the
   * kernel forgets the registration and every page that is still missing reads as zeros. With this
   * one the target waits instead when the receiver dies.
   */
  private int keepInInit(int descriptor) {
    RemoteBatch open = init.batch();
    RemoteCall process = open.call(CallName.of("pidfd_open(%s)", pid), X8664.PIDFD_OPEN, pid, 0);
    open.run();
    RemoteBatch take = init.batch();
    RemoteCall taken = take.call("pidfd_getfd", X8664.PIDFD_GETFD, process.result(), descriptor, 0);
    take.call("close", X8664.CLOSE, process.result());
    take.run();
    return (int) taken.result();
  }
}
