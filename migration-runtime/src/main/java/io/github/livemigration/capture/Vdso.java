package io.github.livemigration.capture;

import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.tracee.LentMemory;
import io.github.livemigration.tracee.SystemCallInstruction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  // Elf64_Ehdr: e_shoff, e_shentsize, e_shnum.
  private static final int SECTION_TABLE = 40;
  private static final int SECTION_BYTES = 58;
  private static final int SECTION_COUNT = 60;

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
        Vdso found = new Vdso(entry.start(), memory.readBytes(entry.start(), (int) entry.length()));
        return found.withoutLeftOvers();
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

  /** A sender that was killed has left its code behind, which nobody runs any more. */
  private Vdso withoutLeftOvers() {
    byte[] clean = code.clone();
    for (int start : new int[] {tail(), sectionTable()}) {
      if (LentMemory.isLeftOver(code, start) && Own.VDSO.code.length == code.length) {
        System.arraycopy(Own.VDSO.code, start, clean, start, LentMemory.SPARE_BYTES);
      }
    }
    return new Vdso(address, clean);
  }

  /**
   * Returns where, from its start, there are {@link LentMemory#SPARE_BYTES} of which nobody makes
   * use: zeros behind its end, or the table of sections, which only linkers and debuggers read.
   */
  int spareBytes() {
    int end = code.length;
    int spare = LentMemory.SPARE_BYTES;
    if (Arrays.equals(code, tail(), end, new byte[spare], 0, spare)) {
      return tail();
    }
    ByteBuffer header = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    int tableBytes = header.getShort(SECTION_BYTES) * header.getShort(SECTION_COUNT);
    if (tableBytes < spare || sectionTable() < 0 || sectionTable() > end - tableBytes) {
      throw new IllegalStateException("no " + spare + " spare bytes in the vdso");
    }
    return sectionTable();
  }

  private int tail() {
    return code.length - LentMemory.SPARE_BYTES;
  }

  private int sectionTable() {
    return (int) ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getLong(SECTION_TABLE);
  }

  long systemCallInstruction() {
    return address + SystemCallInstruction.offsetIn(code);
  }
}
