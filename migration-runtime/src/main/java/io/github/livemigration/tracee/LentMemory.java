package io.github.livemigration.tracee;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.X8664;
import java.util.List;

/**
 * Memory borrowed in a process for remote calls, such that the process runs on unharmed if its
 * tracer dies at any moment: each change of a thread's registers is one step, before which they are
 * its own, and after which they lead into code that finds back by itself ({@link
 * SelfRestoringStub}).
 *
 * <p>Mapping and unmapping are calls themselves; their code lies in spare bytes of the vdso. A
 * process with one thread gives the memory back even without the tracer. With several, nobody can
 * tell when the last one has left it, and the memory stays: it means nothing to the program.
 */
public final class LentMemory {
  /** How many spare bytes are needed. */
  public static final int SPARE_BYTES = SelfRestoringStub.BYTES;

  private static final int PAGE_BYTES = 4096;
  private static final int PROT_READ_WRITE = 3;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int PROT_READ_WRITE_EXECUTE = 7;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private final ProcessMemory memory;
  private final List<TracedThread> threads;
  private final List<WayBack> ways;
  private final long spare;
  private final byte[] original;
  private final SelfRestoringStub single;
  private final SelfRestoringStub[] stubs;
  private long address;
  private long lengthBytes;

  /** Whether memory may have been mapped whose address was not read. */
  private boolean unread;

  /**
   * Prepare.
   *
   * @param threads of the process, all of them, stopped
   * @param ways how they go on, in the same order
   * @param spare address of executable bytes of which nobody makes use
   * @param original what these bytes are
   */
  public LentMemory(
      ProcessMemory memory,
      List<TracedThread> threads,
      List<WayBack> ways,
      long spare,
      byte[] original) {
    this.memory = memory;
    this.threads = threads;
    this.ways = ways;
    this.spare = spare;
    this.original = original.clone();
    this.single = SelfRestoringStub.oneCall(ways.get(0));
    this.stubs = new SelfRestoringStub[threads.size()];
  }

  /**
   * Have the first thread map memory.
   *
   * @param tableBytes room for tables
   * @return where tables go
   */
  public RemoteArea map(long tableBytes) {
    int stubBytes = threads.size() * SelfRestoringStub.BYTES;
    lengthBytes = roundUp(stubBytes) + roundUp(tableBytes);
    memory.writeBytes(spare, single.bytes());
    boolean separate = mapPages(roundUp(stubBytes));
    writeStubs();
    long firstTable = separate ? roundUp(stubBytes) : stubBytes;
    return RemoteArea.lent(threads.get(0), memory, address, lengthBytes, firstTable);
  }

  /** Returns whether there is code that a tracer has left in spare bytes when it died. */
  public static boolean isLeftOver(byte[] code, int start) {
    return SelfRestoringStub.isOneCall(code, start);
  }

  private static long roundUp(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  /**
   * A process may be forbidden memory that is writable and executable (PR_SET_MDWE, SELinux). Stubs
   * then have pages of their own, and are written from outside.
   *
   * @return whether that is so
   */
  private boolean mapPages(long stubBytes) {
    long mapped = map(PROT_READ_WRITE_EXECUTE);
    boolean denied = mapped == -Errno.EACCES || mapped == -Errno.EPERM;
    if (denied) {
      mapped = map(PROT_READ_EXECUTE);
    }
    address = successful(mapped, "mmap(%d bytes, read|write|execute)".formatted(lengthBytes));
    if (denied) {
      long tables = address + stubBytes;
      long length = lengthBytes - stubBytes;
      successful(call(X8664.MPROTECT, tables, length, PROT_READ_WRITE), "mprotect(read|write)");
    }
    return denied;
  }

  private long map(int protection) {
    unread = true;
    long mapped = call(X8664.MMAP, 0, lengthBytes, protection, MAP_PRIVATE_ANONYMOUS, -1, 0);
    unread = false;
    return mapped;
  }

  /** Read again what could not be read when it was mapped. */
  private void findAddress() {
    Registers now = threads.get(0).registers();
    if (now.instructionPointer() == spare + single.end() && !isError(now.storedResult())) {
      address = now.storedResult();
    }
  }

  private static boolean isError(long result) {
    return result < 0 && result > -PAGE_BYTES;
  }

  private long successful(long result, String call) {
    if (isError(result)) {
      throw new SystemCallException(
          "remote %s, tid %d".formatted(call, threads.get(0).tid()), (int) -result);
    }
    return result;
  }

  private void writeStubs() {
    byte[] all = new byte[stubs.length * SelfRestoringStub.BYTES];
    for (int i = 0; i < stubs.length; i++) {
      stubs[i] =
          stubs.length == 1
              ? SelfRestoringStub.tableThenUnmap(
                  ways.get(0).quietSignal(), address, lengthBytes, spare)
              : SelfRestoringStub.table(ways.get(i));
      System.arraycopy(
          stubs[i].bytes(), 0, all, i * SelfRestoringStub.BYTES, SelfRestoringStub.BYTES);
    }
    memory.writeBytes(address, all);
  }

  /** Set a thread off over a table. */
  public void start(RemoteBatch batch, int thread) {
    Registers prepared = ways.get(thread).registers().copy();
    prepared.prepareBatch(stub(thread), batch.write(), batch.size());
    threads.get(thread).startLent(prepared, ways.get(thread).quietSignal());
  }

  /** Wait until a thread has come to the end of its table. */
  public void await(int thread) {
    threads
        .get(thread)
        .awaitQuietSignal(ways.get(thread).quietSignal(), stub(thread) + stubs[thread].end());
  }

  private long stub(int thread) {
    return address + (long) thread * SelfRestoringStub.BYTES;
  }

  /** One call by the first thread, outside of this memory. */
  private long call(long number, long... arguments) {
    WayBack back = ways.get(0);
    TracedThread thread = threads.get(0);
    Registers prepared = back.registers().copy();
    prepared.prepareSystemCall(spare, number, arguments);
    thread.startLent(prepared, back.quietSignal());
    thread.awaitQuietSignal(back.quietSignal(), spare + single.end());
    return thread.registers().storedResult();
  }

  /** Put every thread back to where it was stopped, and give the memory back. */
  public void giveBack() {
    for (int i = 1; i < threads.size(); i++) {
      putBack(i);
    }
    try {
      unmap();
    } catch (SystemCallException e) {
      unmap(); // Tried again, as the memory would stay in the target.
    } finally {
      putBack(0);
      memory.writeBytes(spare, original);
    }
  }

  /** May be repeated: nobody else maps memory there meanwhile. */
  private void unmap() {
    if (unread) {
      findAddress();
    }
    if (address != 0) {
      successful(call(X8664.MUNMAP, address, lengthBytes), "munmap(%#x)".formatted(address));
    }
  }

  /** The mask comes first: the tracer may die in between. */
  private void putBack(int thread) {
    threads.get(thread).setSignalMask(ways.get(thread).signalMask());
    threads.get(thread).setRegisters(ways.get(thread).registers());
  }
}
