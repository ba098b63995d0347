package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;

/** The memory of a frozen process. Closing the memory is up to whoever opened it. */
public final class ProcessPageSource implements PageSource {
  private final ProcessMemory memory;

  /** Read from the memory of a process. */
  public ProcessPageSource(ProcessMemory memory) {
    this.memory = memory;
  }

  @Override
  public int read(long address, int pageCount, NativeBuffer into) {
    return memory.read(address, into.address(), pageCount * PageRun.PAGE_BYTES);
  }
}
