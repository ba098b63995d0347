package io.github.livemigration.linux;

import io.github.livemigration.simulation.Copy;
import io.github.livemigration.simulation.Kernel;

/** In place of the kernel's: tells which pages of a copy are there. */
public final class PageMapScan implements AutoCloseable {
  /** See the product's. */
  public static final long PRESENT = 1 << 3;

  /** See the product's. */
  public static final long SWAPPED = 1 << 4;

  private final Copy copy;

  private PageMapScan(Copy copy) {
    this.copy = copy;
  }

  /** Takes pages. */
  @FunctionalInterface
  public interface RunConsumer {
    /** Take a run of pages. */
    void accept(long start, long end, long categories);
  }

  /** See the product's. */
  public static PageMapScan open(int pid) {
    Kernel.the().requireProcess(pid, "open(pagemap)");
    return new PageMapScan(Kernel.the().copy(pid));
  }

  /** Tell of all pages that are there. */
  public void scan(
      long start, long end, long all, long any, long inverted, long told, RunConsumer consumer) {
    copy.present()
        .forEach(address -> consumer.accept(address, address + NativeBuffer.PAGE_SIZE, PRESENT));
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
