package io.github.livemigration.capture;

import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.tracee.SystemCallInstruction;
import java.util.Arrays;
import java.util.List;

/**
 * The code that the kernel maps into every process.
 *
 * @param address where it is mapped
 * @param code its bytes
 * @see <a href="https://man7.org/linux/man-pages/man7/vdso.7.html">vdso(7)</a>
 */
public record Vdso(long address, byte[] code) {
  /** A jump to itself. */
  static final byte[] PARKING_LOOP = {(byte) 0xEB, (byte) 0xFE};

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

  /** Returns the vdso of this process, and so of this host's kernel. */
  public static Vdso ofThisProcess() {
    return Own.VDSO;
  }

  private static final class Own {
    static final Vdso VDSO = read();

    private static Vdso read() {
      try (ProcessMemory own = ProcessMemory.open(SelfProcess.pid())) {
        return of(own, MemoryMapParser.parse(ProcFs.read("/proc/self/maps")));
      }
    }
  }

  /** Returns whether an instruction is one of its own. */
  boolean contains(long instruction) {
    return instruction >= address && instruction < address + code.length;
  }

  /** Returns an address at its end, where the kernel fills its last page up with zeros. */
  long parkingPlace() {
    return address + code.length - PARKING_LOOP.length;
  }

  boolean holdsParkingLoop() {
    int end = code.length - PARKING_LOOP.length;
    return Arrays.equals(code, end, code.length, PARKING_LOOP, 0, PARKING_LOOP.length);
  }

  long systemCallInstruction() {
    return address + SystemCallInstruction.offsetIn(code);
  }
}
