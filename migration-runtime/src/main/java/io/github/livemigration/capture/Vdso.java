package io.github.livemigration.capture;

import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.tracee.SystemCallInstruction;
import java.util.List;

/**
 * The code that the kernel maps into every process.
 *
 * @param address where it is mapped
 * @param code its bytes
 * @see <a href="https://man7.org/linux/man-pages/man7/vdso.7.html">vdso(7)</a>
 */
public record Vdso(long address, byte[] code) {
  /**
   * Read the vdso of a process.
   *
   * @throws IllegalStateException where the process has none
   */
  public static Vdso of(ProcessMemory memory, List<MemoryMapEntry> entries) {
    for (MemoryMapEntry entry : entries) {
      if (entry.path().equals(MappingBacking.KernelPages.VDSO)) {
        return new Vdso(entry.start(), memory.readBytes(entry.start(), (int) entry.length()));
      }
    }
    throw new IllegalStateException("process " + memory.pid() + " has no vdso");
  }

  long systemCallInstruction() {
    return address + SystemCallInstruction.offsetIn(code);
  }
}
