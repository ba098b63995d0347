package io.github.livemigration.tracee;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.X8664;

/**
 * Memory borrowed in a stopped process for the stub and the tables of remote calls.
 *
 * <p>The process must have been given back this memory before it runs on.
 */
public final class RemoteArea {
  private static final int STUB_BYTES = 64;
  private static final int STUB_PAGE_BYTES = 4096;
  private static final int PROT_READ_WRITE = 3;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int PROT_READ_WRITE_EXECUTE = 7;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;

  private final TracedThread thread;
  private final ProcessMemory memory;
  private final long address;
  private final long lengthBytes;
  private long tables = STUB_BYTES;
  private long used = STUB_BYTES;

  private RemoteArea(TracedThread thread, ProcessMemory memory, long address, long lengthBytes) {
    this.thread = thread;
    this.memory = memory;
    this.address = address;
    this.lengthBytes = lengthBytes;
  }

  /**
   * Map the area by one remote call and write the stub.
   *
   * @param thread runs the call
   * @param instruction address of a {@code syscall} instruction in the process
   * @param hint where to map, or 0 to let the kernel choose
   * @param lengthBytes whole pages
   */
  public static RemoteArea map(
      TracedThread thread, ProcessMemory memory, long instruction, long hint, long lengthBytes) {
    int flags = MAP_PRIVATE_ANONYMOUS | (hint == 0 ? 0 : MAP_FIXED_NOREPLACE);
    long address =
        thread.call(
            instruction, X8664.MMAP, hint, lengthBytes, PROT_READ_WRITE_EXECUTE, flags, -1, 0);
    boolean denied = address == -Errno.EACCES || address == -Errno.EPERM;
    if (denied) {
      address =
          thread.call(instruction, X8664.MMAP, hint, lengthBytes, PROT_READ_EXECUTE, flags, -1, 0);
    }
    if (address < 0 && address > -4096) {
      throw new SystemCallException(
          "remote mmap(%#x, %d bytes, read|write|execute), tid %d"
              .formatted(hint, lengthBytes, thread.tid()),
          (int) -address);
    }
    if (hint != 0 && address != hint) {
      // Kernels before 4.17 take MAP_FIXED_NOREPLACE for a hint.
      throw new SystemCallException(
          "remote mmap(%#x), tid %d".formatted(hint, thread.tid()), Errno.EEXIST);
    }
    if (denied) {
      separateTables(thread, instruction, address, lengthBytes);
    }
    RemoteArea area = new RemoteArea(thread, memory, address, lengthBytes);
    area.tables = denied ? STUB_PAGE_BYTES : STUB_BYTES;
    area.used = area.tables;
    memory.writeBytes(address, BatchStub.code());
    return area;
  }

  /**
   * A process may be forbidden memory that is writable and executable (PR_SET_MDWE, SELinux). The
   * stub then has a page of its own, which is written from outside, and the tables lie behind it.
   */
  private static void separateTables(
      TracedThread thread, long instruction, long address, long lengthBytes) {
    long result =
        thread.call(
            instruction,
            X8664.MPROTECT,
            address + STUB_PAGE_BYTES,
            lengthBytes - STUB_PAGE_BYTES,
            PROT_READ_WRITE);
    if (result != 0) {
      throw new SystemCallException(
          "remote mprotect(%#x, read|write), tid %d".formatted(address, thread.tid()),
          (int) -result);
    }
  }

  /** Returns an area in memory that is there, the first bytes of which are taken. */
  static RemoteArea lent(
      TracedThread thread, ProcessMemory memory, long address, long lengthBytes, long taken) {
    RemoteArea area = new RemoteArea(thread, memory, address, lengthBytes);
    area.tables = taken;
    area.used = taken;
    return area;
  }

  /** Returns the area as seen by another process that was forked with it. */
  public RemoteArea inherited(TracedThread child, ProcessMemory childMemory) {
    return new RemoteArea(child, childMemory, address, lengthBytes);
  }

  /** Returns an empty table of calls at the start of the area; earlier tables are void. */
  public RemoteBatch batch() {
    used = tables;
    return new RemoteBatch(this);
  }

  /**
   * Returns an empty table behind the tables that are there, to be run at the same time as they.
   */
  public RemoteBatch anotherBatch() {
    return new RemoteBatch(this);
  }

  /** Give the memory back by one remote call. */
  public void unmap(long instruction) {
    checkUnmapped(thread.call(instruction, X8664.MUNMAP, address, lengthBytes));
  }

  /** Give the memory back like {@link #unmap}, after one call more, both without a trap. */
  public void unmapAfter(long instruction, CallName name, long number, long... arguments) {
    long result = thread.callWithoutTrap(instruction, number, arguments);
    if (result != 0) {
      throw new SystemCallException(
          "remote %s, tid %d".formatted(name, thread.tid()), (int) -result);
    }
    checkUnmapped(thread.callWithoutTrap(instruction, X8664.MUNMAP, address, lengthBytes));
  }

  private void checkUnmapped(long result) {
    if (result != 0) {
      throw new SystemCallException(
          "remote munmap(%#x), tid %d".formatted(address, thread.tid()), (int) -result);
    }
  }

  /** Returns the first address of the area. */
  public long address() {
    return address;
  }

  /**
   * Returns the address of the last page, which no table reaches where the area has a page more
   * than they need.
   */
  public long untouchedPage() {
    return address + lengthBytes - STUB_PAGE_BYTES;
  }

  /** Returns the length of the area in bytes. */
  public long lengthBytes() {
    return lengthBytes;
  }

  TracedThread thread() {
    return thread;
  }

  ProcessMemory memory() {
    return memory;
  }

  long reserve(int bytes, int alignment) {
    long start = (used + alignment - 1) & -alignment;
    if (start + bytes > lengthBytes) {
      throw new IllegalStateException(
          "remote area of %d bytes is too small for %d more".formatted(lengthBytes, bytes));
    }
    used = start + bytes;
    return address + start;
  }
}
