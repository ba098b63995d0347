package io.github.livemigration.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A program of one page without a libc, as an ELF file to be run from memory.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/elf.5.html">elf(5)</a>
 */
public final class StaticProgram {
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;

  /** Offset of the code from where the program is loaded, in bytes. */
  public static final int CODE_OFFSET = HEADER_BYTES + SEGMENT_BYTES;

  private StaticProgram() {}

  /**
   * Returns the file.
   *
   * @param loadAddress page-aligned
   * @param code x86-64 instructions; the program starts with the first
   */
  public static byte[] elf(long loadAddress, byte[] code) {
    int length = CODE_OFFSET + code.length;
    ByteBuffer elf = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    // 64-bit, little-endian, version 1
    elf.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).position(16);
    // executable, x86-64, version 1
    elf.putShort((short) 2).putShort((short) 62).putInt(1);
    // entry, program headers, no section headers, flags
    elf.putLong(loadAddress + CODE_OFFSET).putLong(HEADER_BYTES).putLong(0).putInt(0);
    elf.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES).putShort((short) 1);
    elf.position(HEADER_BYTES);
    // load, readable and executable, the whole file
    elf.putInt(1).putInt(5).putLong(0).putLong(loadAddress).putLong(loadAddress);
    elf.putLong(length).putLong(length).putLong(NativeBuffer.PAGE_SIZE).put(code);
    return elf.array();
  }
}
