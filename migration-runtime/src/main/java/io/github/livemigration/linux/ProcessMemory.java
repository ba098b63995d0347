package io.github.livemigration.linux;

/**
 * The memory of another process, by its addresses.
 *
 * <p>Thread-safe without locks; no allocation in {@link #read}. Needs the right to trace the
 * process. The object stands for the address space that the process had when it was opened: after
 * an exec it reaches nothing.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/process_vm_readv.2.html">process_vm_readv(2)</a>
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html">proc_pid_mem(5)</a>
 */
public final class ProcessMemory implements AutoCloseable {
  // struct iovec: 0 void *base; 8 size_t length. The local one first, then the remote one.
  private static final int LOCAL = 0;
  private static final int REMOTE = 16;
  private static final int VECTOR_BYTES = 16;

  /** Most pages that {@link #readPages} takes. */
  public static final int MAX_PAGES = 256;

  private static final int PAGE_BYTES = 4096;

  private final int pid;
  private final OwnedFd memory;

  private ProcessMemory(int pid, OwnedFd memory) {
    this.pid = pid;
    this.memory = memory;
  }

  /** Open the memory of a process. */
  public static ProcessMemory open(int pid) {
    return new ProcessMemory(pid, OwnedFd.open("/proc/" + pid + "/mem", OpenFlags.RDWR));
  }

  /**
   * Copy bytes from the process, also from pages that it may not read itself.
   *
   * @param remote address in the process
   * @param local address in this process
   * @param length number of bytes
   * @return {@code length}
   * @throws SystemCallException when not all bytes could be read: EIO for an address that is not
   *     mapped, ESRCH for a process without memory
   */
  public int read(long remote, long local, int length) {
    FaultPoints.reach("process_vm_readv");
    NativeBuffer vectors = Scratch.get();
    vectors.putLong(LOCAL, local);
    vectors.putLong(LOCAL + 8, length);
    vectors.putLong(REMOTE, remote);
    vectors.putLong(REMOTE + 8, length);
    long address = vectors.address();
    long done = LibC.process_vm_readv(pid, address + LOCAL, 1, address + REMOTE, 1, 0);
    if (done == length) {
      return length;
    }
    // It stops at pages without PROT_READ, and seccomp filters of containers forbid it altogether;
    // the file has
    // neither limit. If that fails too, its error is the true one.
    for (done = Math.max(done, 0); done < length; ) {
      long count = memory.pread(local + done, length - done, remote + done);
      if (count == 0) {
        throw new SystemCallException(describe("read", remote + done, length - done), Errno.ESRCH);
      }
      done += count;
    }
    return length;
  }

  /**
   * Copy bytes into the process, also into private pages that it may not write itself (they become
   * copies).
   *
   * @param remote address in the process
   * @param local address in this process
   * @param length number of bytes
   * @throws SystemCallException when not all bytes could be written
   */
  public void write(long remote, long local, int length) {
    FaultPoints.reach("pwrite(/proc/PID/mem)");
    for (long done = 0; done < length; ) {
      long count = memory.pwrite(local + done, length - done, remote + done);
      if (count == 0) {
        throw new SystemCallException(describe("write", remote + done, length - done), Errno.ESRCH);
      }
      done += count;
    }
  }

  /**
   * Copy pages from the process by one system call.
   *
   * @param remotes addresses of the pages, at most {@link #MAX_PAGES}
   * @param local takes one page after the other
   * @throws SystemCallException like {@link #read}
   */
  public void readPages(long[] remotes, NativeBuffer local) {
    NativeBuffer vectors = Scratch.get();
    int count = remotes.length;
    int runs = 0;
    for (int i = 0; i < count; ) {
      int end = i + 1;
      while (end < count && remotes[end] == remotes[end - 1] + PAGE_BYTES) {
        end++;
      }
      vectors.putLong(REMOTE + runs * VECTOR_BYTES, remotes[i]);
      vectors.putLong(REMOTE + runs * VECTOR_BYTES + 8, (long) (end - i) * PAGE_BYTES);
      runs++;
      i = end;
    }
    vectors.putLong(LOCAL, local.address());
    vectors.putLong(LOCAL + 8, (long) count * PAGE_BYTES);
    long address = vectors.address();
    long done = LibC.process_vm_readv(pid, address + LOCAL, 1, address + REMOTE, runs, 0);
    for (int i = (int) (Math.max(done, 0) / PAGE_BYTES); i < count; i++) {
      read(remotes[i], local.address() + (long) i * PAGE_BYTES, PAGE_BYTES);
    }
  }

  /** Copy bytes from the process into a new array. */
  public byte[] readBytes(long remote, int length) {
    byte[] content = new byte[length];
    NativeBuffer local = TransferBuffer.get();
    for (int done = 0; done < length; ) {
      int count = Math.min(TransferBuffer.LENGTH, length - done);
      read(remote + done, local.address(), count);
      local.copyInto(0, content, done, count);
      done += count;
    }
    return content;
  }

  /** Copy the bytes of an array into the process. */
  public void writeBytes(long remote, byte[] content) {
    NativeBuffer local = TransferBuffer.get();
    for (int done = 0; done < content.length; ) {
      int count = Math.min(TransferBuffer.LENGTH, content.length - done);
      local.put(0, content, done, count);
      write(remote + done, local.address(), count);
      done += count;
    }
  }

  /** The process. */
  public int pid() {
    return pid;
  }

  @Override
  public void close() {
    memory.close();
  }

  private String describe(String call, long address, long length) {
    return call
        + "(memory of pid "
        + pid
        + ", "
        + length
        + " bytes at 0x"
        + Long.toHexString(address)
        + ")";
  }
}
