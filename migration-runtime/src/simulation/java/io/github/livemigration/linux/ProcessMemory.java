package io.github.livemigration.linux;

import com.sun.jna.Pointer;
import io.github.livemigration.simulation.Kernel;

/** In place of the kernel's. */
public final class ProcessMemory implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;
  private final int pid;

  private ProcessMemory(int pid) {
    this.pid = pid;
  }

  /** Open a source's. */
  public static ProcessMemory open(int pid) {
    Kernel.the().requireProcess(pid, "open(/proc/PID/mem)");
    return new ProcessMemory(pid);
  }

  /** Read pages. */
  public int read(long remote, long local, int length) {
    Kernel.the().requireProcess(pid, "process_vm_readv");
    for (int done = 0; done < length; done += PAGE_BYTES) {
      byte[] page = Kernel.content(pid, remote + done);
      new Pointer(local + done).write(0, page, 0, PAGE_BYTES);
    }
    return length;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
