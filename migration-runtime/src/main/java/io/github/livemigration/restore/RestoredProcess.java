package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.TransferBuffer;
import io.github.livemigration.linux.UserfaultAccess;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.Registers;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.TracedThread;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The target, built again and stopped before its next instruction; after {@link #resume} it runs,
 * untraced.
 *
 * <p>To be used on the tracer's thread.
 */
public final class RestoredProcess implements LivingProcess {
  private static final long EVENTS =
      UserfaultFd.FEATURE_EVENT_REMAP
          | UserfaultFd.FEATURE_EVENT_REMOVE
          | UserfaultFd.FEATURE_EVENT_UNMAP
          | UserfaultFd.FEATURE_MISSING_SHMEM;

  /** What fits well into the area for remote calls. */
  private static final int GUARDS_AT_ONCE = 1_000;

  private final BlankProcess blank;
  private final ProcessImage image;
  private final List<TracedThread> threads = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final SeccompBuilder seccomp;
  private final BlankProcess.AddressSpace space;
  private final UserfaultFd userfault;
  private final ContentWriter writer;

  private RestoredProcess(
      BlankProcess blank,
      ProcessImage image,
      SeccompBuilder seccomp,
      BlankProcess.AddressSpace space) {
    this.blank = blank;
    this.image = image;
    this.space = space;
    this.userfault = blank.prepared().userfault();
    this.writer = space.writer();
    this.seccomp = seccomp;
    space.warning().ifPresent(warnings::add);
  }

  /**
   * Make the address space that of the image, without its contents; {@link #buildThreads} makes the
   * rest meanwhile.
   *
   * <p>On failure the blank process is as good as dead: {@link BlankProcess#destroy} it.
   *
   * @param image with all mappings
   * @param difference between the plan and the image
   */
  public static RestoredProcess begin(
      BlankProcess blank, ProcessImage image, MappingDifference difference, SourceVdso vdso) {
    vdso.refuseInside(image);
    if (image.pid() != blank.pid()) {
      throw new IllegalArgumentException(
          "image of process %d for blank process %d".formatted(image.pid(), blank.pid()));
    }
    SeccompBuilder seccomp = new SeccompBuilder(image);
    BlankProcess.AddressSpace space =
        blank.completeAddressSpace(
            image,
            difference,
            pendingBytes(image) + seccomp.areaBytes(),
            DescriptorBuilder.firstObjectNumber(image.descriptors()));
    return new RestoredProcess(blank, image, seccomp, space);
  }

  /**
   * Returns whether the process may run before its memory has arrived: where forks are not told, a
   * child would read zeros.
   */
  public static boolean mayRunEarly() {
    return UserfaultAccess.ofThisProcess().tellsForks();
  }

  /** Build descriptors, signals and threads: all that needs no contents of the memory. */
  public void buildThreads() {
    DescriptorBuilder descriptors = buildProcess();
    buildThreads(space.area(), descriptors);
  }

  private static long pendingBytes(ProcessImage image) {
    long bytes = 128L * image.signals().pendingSignals().size();
    bytes += (long) PosixTimerBuilder.AREA_BYTES * image.posixTimers().size();
    bytes += DescriptorBuilder.areaBytes(image.descriptors());
    for (ThreadState thread : image.threads()) {
      bytes += 256L * thread.pendingSignals().size();
      bytes += 4L * thread.credentials().supplementaryGroups().size();
    }
    return bytes;
  }

  /**
   * Put what travelled first where it belongs; from now on {@link #userfault} can serve the rest.
   * To be called between {@link #begin} and {@link #finish}, by any thread, also beside {@link
   * #buildThreads}.
   *
   * @return takes what else has to be there before the process runs
   */
  public ContentWriter fillMemory(MemoryContents contents) {
    RseqCheck.check(image, contents);
    userfault.api(mayRunEarly() ? EVENTS | UserfaultFd.FEATURE_EVENT_FORK : EVENTS);
    for (AddressRange range : RegisteredRanges.of(image.memory(), contents.pagesToCome())) {
      userfault.register(range.startAddress(), range.lengthBytes(), UserfaultFd.MODE_MISSING);
    }
    Installation installation = new Installation();
    NativeBuffer buffer = TransferBuffer.get();
    for (PageContents pages : contents.eagerPages()) {
      if (pages.hot()) {
        install(installation, buffer, pages);
      } else {
        writer.write(pages);
      }
    }
    for (AddressRange zeros : contents.zeroPages()) {
      // Where it is not served, or has become something else, the first access will do.
      installation.zero(userfault, zeros.startAddress(), zeros.lengthBytes());
    }
    return writer;
  }

  /**
   * Make the process ready to run, after {@link #buildThreads} and {@link #fillMemory}.
   *
   * @param guards pages that must not be touched
   */
  public void finish(List<AddressRange> guards) {
    for (int done = 0; done < guards.size(); done += GUARDS_AT_ONCE) {
      RemoteBatch batch = space.area().batch();
      MappingBuilder.guard(
          batch, guards.subList(done, Math.min(done + GUARDS_AT_ONCE, guards.size())));
      batch.run();
    }
    SignalBuilder.finish(
        space.area(), blank.memory(), blank.prepared().instruction(), image.signals());
    setRegisters(0);
  }

  /** Page by page where a run spans two mappings, or where pages of the plan are there already. */
  private void install(Installation installation, NativeBuffer buffer, PageContents contents) {
    int length = contents.bytes().length;
    int most = TransferBuffer.LENGTH;
    for (int offset = 0; offset < length; ) {
      long address = contents.startAddress() + offset;
      int count = Math.min(most, length - offset);
      buffer.put(0, contents.bytes(), offset, count);
      installation.copy(userfault, address, buffer.address(), count);
      if (installation.outcome() == Installation.Outcome.PRESENT && installation.bytes() == 0) {
        count = Math.min(count, AddressRange.PAGE_BYTES);
        blank.memory().write(address, buffer.address(), count);
      } else if (installation.bytes() > 0) {
        count = (int) installation.bytes();
      } else if (count > AddressRange.PAGE_BYTES) {
        most = AddressRange.PAGE_BYTES;
        continue;
      } else if (installation.outcome() == Installation.Outcome.RANGE_GONE) {
        // A planned page that has gone on the source, in a mapping without pages to come.
        blank.memory().write(address, buffer.address(), count);
      } else {
        throw new IllegalStateException(
            "hot page at %#x: %s".formatted(address, installation.outcome()));
      }
      offset += count;
    }
  }

  private DescriptorBuilder buildProcess() {
    PlannedThreads planned = blank.threads();
    if (seccomp.isNeeded()) {
      planned.endAllBut(image.threads().subList(0, 1), space.area()); // Filters are inherited.
    }
    RemoteBatch batch = space.area().batch();
    ContextBuilder context = new ContextBuilder(batch);
    context.place(image.fileSystem(), image.groups());
    DescriptorBuilder descriptors =
        new DescriptorBuilder(
            batch, image.descriptors(), DescriptorBuilder.firstObjectNumber(image.descriptors()));
    descriptors.build();
    LockBuilder.lockFuture(batch, image.memory().futureLock());
    context.enterRoot(image.fileSystem());
    SignalBuilder.build(batch, image.signals(), image.pid());
    if (seccomp.isNeeded()) {
      NamespaceInit.suspendFilters(blank.leader());
      seccomp.installShared(batch);
    }
    planned.add(batch, image.threads().stream().map(ThreadState::tid).toList());
    batch.run();
    planned.awaitNew();
    planned.endAllBut(image.threads(), space.area());
    threads.addAll(planned.inOrderOf(image.threads()));
    warnings.addAll(descriptors.verify());
    return descriptors;
  }

  private void buildThreads(RemoteArea area, DescriptorBuilder descriptors) {
    Credentials current = blank.prepared().credentials();
    List<RemoteBatch> batches = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      TracedThread thread = threads.get(i);
      RemoteBatch batch = batches.isEmpty() ? area.batch() : area.anotherBatch();
      seccomp.installOwn(batch, image.threads().get(i).seccomp());
      ThreadBuilder.build(batch, image.pid(), image.threads().get(i), current);
      batches.add(batch);
      if (i > 0) {
        batch.start(thread);
      }
    }
    // The leader comes last: its limits must not hinder the other threads.
    for (int i = 1; i < threads.size(); i++) {
      RemoteBatch.await(threads.get(i));
      batches.get(i).collect();
    }
    batches.get(0).run();
    finishLeader(area, descriptors);
    for (int i = 1; i < threads.size(); i++) {
      setRegisters(i);
    }
  }

  private void finishLeader(RemoteArea area, DescriptorBuilder descriptors) {
    RemoteBatch batch = area.batch();
    ContextBuilder context = new ContextBuilder(batch);
    context.control(image.controls());
    context.arm(image.timers());
    PosixTimerBuilder.build(batch, image.posixTimers());
    descriptors.settle(batch);
    LimitBuilder limits = new LimitBuilder(batch, image.limits());
    batch.run();
    warnings.addAll(limits.settle(area));
    warnings.addAll(ProcFileBuilder.build(hostPid(), image.controls()));
  }

  private void setRegisters(int index) {
    TracedThread thread = threads.get(index);
    ThreadState state = image.threads().get(index);
    thread.setExtendedState(state.extendedState());
    thread.setRegisters(Registers.from(state.generalRegisters()));
    thread.setSignalMask(state.signalMask());
    state.dispatch().ifPresent(dispatch -> ThreadBuilder.dispatch(thread, dispatch));
    ThreadBuilder.setPolicy(thread.tid(), state.scheduling(), blank.raised());
  }

  @Override
  public UserfaultFd userfault() {
    return userfault;
  }

  /** Returns the process id in this host's PID namespace. */
  public int hostPid() {
    return blank.hostPid();
  }

  @Override
  public Pidfd pidfd() {
    return blank.pidfd();
  }

  /** Returns what this host did not allow to be set, for people. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Let all threads run, untraced. From here on the death of the receiver does not end the process.
   *
   * <p>The first thread of a stopped process that comes out of ptrace takes the signal and stops
   * the others, each of which looks for signals before its first instruction.
   */
  public void resume() {
    blank.init().outliveTracer(image.pid());
    threads.forEach(thread -> thread.setOptions(0));
    if (image.stopped()) {
      Signals.kill(hostPid(), Signals.SIGSTOP);
    }
    for (TracedThread thread : threads) {
      try {
        thread.detach();
      } catch (SystemCallException e) {
        if (e.errno() != Errno.ESRCH) {
          throw e; // ESRCH: the process that was resumed a moment ago has ended already.
        }
      }
    }
  }

  /** Kill the process with its namespaces; for use before {@link #resume}. */
  public void destroy() {
    writer.close();
    blank.destroy();
  }

  /** For use after {@link #resume}; collects the init as well. */
  @Override
  public void kill() {
    blank.memory().close();
    blank.init().kill();
    blank.pidfd().close();
  }

  @Override
  public void complete() {
    try {
      RemoteBatch batch = blank.init().batch();
      batch.call("close_range(3, ~0)", X8664.CLOSE_RANGE, 3, 0xffff_ffffL, 0);
      batch.run();
      blank.init().release(image.pid());
    } catch (RuntimeException e) {
      blank.init().runAlone(image.pid());
      throw e;
    } finally {
      blank.memory().close();
    }
  }

  @Override
  public OptionalInt awaitEnd() {
    int status = blank.init().awaitEnd();
    blank.pidfd().close();
    return OptionalInt.of(status);
  }
}
