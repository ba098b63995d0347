package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.pages.FreeRanges;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import io.github.livemigration.tracee.TracedThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  private static final long AREA_BYTES_PER_GUARD = 64;
  private static final long AREA_BYTES_PER_THREAD = 12 * 1024;
  private static final int O_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private final NamespaceInit init;
  private final int pid;
  private final TracedThread leader;
  private final boolean raised;
  private final ProcessMemory memory;
  private final Pidfd pidfd;

  private BlankProcess(NamespaceInit init, int pid, TracedThread leader, boolean raised) {
    this.init = init;
    this.pid = pid;
    this.leader = leader;
    this.raised = raised;
    this.memory = ProcessMemory.open(leader.tid());
    this.pidfd = Pidfd.open(leader.tid());
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
      init.destroy(List.of());
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

  /** Returns the process id in the new PID namespace. */
  public int pid() {
    return pid;
  }

  /** Kill the process with its namespaces. */
  public void destroy() {
    memory.close();
    pidfd.close();
    init.destroy(List.of(leader));
  }

  /**
   * Replace the address space by the target's, without content, and put it under the care of
   * userfaultfd.
   *
   * @param vdso of the source's kernel
   * @param queuedBytes of pipes, which travel through the area too
   * @param firstObjectNumber first descriptor above all that the target uses
   */
  AddressSpace buildAddressSpace(
      MemoryImage image, SourceVdso vdso, int threads, long queuedBytes, int firstObjectNumber) {
    List<MemoryMapEntry> blank = MemoryMapParser.parse(ProcFs.read(leader.tid(), "maps"));
    FreeRanges free = new FreeRanges(taken(blank, image));
    AddressRange waiting = free.take(KERNEL_PAGES_BYTES);
    long length =
        AREA_BYTES
            + AREA_BYTES_PER_MAPPING * (image.mappings().size() + image.objects().size())
            + AREA_BYTES_PER_GUARD * image.guards().size()
            + AREA_BYTES_PER_THREAD * threads
            + queuedBytes;
    AddressRange place = free.take((length + ~PAGE_MASK) & PAGE_MASK);
    leader.blockSignals();
    RemoteArea area =
        RemoteArea.map(
            leader,
            memory,
            NamespaceInit.systemCallInstruction(),
            place.startAddress(),
            place.lengthBytes());
    RemoteBatch batch = area.batch();
    MemoryBuilder builder = new MemoryBuilder(batch, image, vdso, firstObjectNumber);
    builder.emptyAddressSpace(blank, waiting, place);
    builder.map(free);
    RemoteCall userfault = batch.call("userfaultfd()", X8664.USERFAULTFD, O_CLOEXEC_NONBLOCK);
    batch.run();
    builder.verify();
    builder.forwardVdso(memory);
    int descriptor = (int) userfault.result();
    keepInInit(descriptor);
    OwnedFd taken = pidfd.takeFd(descriptor);
    ContentWriter writer =
        new ContentWriter(memory, image, index -> pidfd.takeFd(builder.objectNumber(index)));
    return new AddressSpace(area, new UserfaultFd(taken), descriptor, writer, builder.warning());
  }

  /**
   * The result of building the address space.
   *
   * @param area for the remote calls that follow
   * @param userfault this process's descriptor
   * @param descriptorInProcess the blank process's own, still open there
   * @param writer takes content that has to be there early
   * @param warning what could not be set, for people
   */
  record AddressSpace(
      RemoteArea area,
      UserfaultFd userfault,
      int descriptorInProcess,
      ContentWriter writer,
      Optional<String> warning) {}

  private static List<AddressRange> taken(List<MemoryMapEntry> blank, MemoryImage image) {
    List<AddressRange> taken = new ArrayList<>();
    for (MemoryMapEntry entry : blank) {
      if (entry.end() > 0 && entry.end() <= AddressRange.USER_SPACE_END) {
        taken.add(new AddressRange(entry.start(), entry.length()));
      }
    }
    for (MappingState mapping : image.mappings()) {
      taken.add(mapping.range());
    }
    return taken;
  }

  /**
   * Give the init a descriptor of its own. When the last descriptor of a userfaultfd is closed, the
   * kernel forgets the registration and every page that is still missing reads as zeros. With this
   * one the target waits instead when the receiver dies.
   */
  private void keepInInit(int descriptor) {
    RemoteBatch open = init.batch();
    RemoteCall process = open.call(CallName.of("pidfd_open(%s)", pid), X8664.PIDFD_OPEN, pid, 0);
    open.run();
    RemoteBatch take = init.batch();
    take.call("pidfd_getfd", X8664.PIDFD_GETFD, process.result(), descriptor, 0);
    take.call("close", X8664.CLOSE, process.result());
    take.run();
  }
}
