package io.github.livemigration.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the functions that a shared object of 64 bits exports, from its dynamic symbols.
 *
 * <p>The object may come from another host: what does not lie within it is an error.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/elf.5.html">elf(5)</a>
 */
public final class ElfFunctions {
  // Elf64_Ehdr: 0 u8 ident[16]; ... 40 u64 section header offset; ... 58 u16 entry size; 60 u16
  // count
  private static final int MAGIC = 0x464c457f;
  private static final int SECTIONS_OFFSET = 40;
  private static final int SECTION_BYTES_OFFSET = 58;
  private static final int SECTION_COUNT_OFFSET = 60;

  // Elf64_Shdr: 0 u32 name; 4 u32 type; 8 u64 flags; 16 u64 address; 24 u64 offset; 32 u64 size; 40
  // u32 link; ...
  private static final int SECTION_BYTES = 64;
  private static final int DYNAMIC_SYMBOLS = 11;

  // Elf64_Sym: 0 u32 name; 4 u8 info; 5 u8 other; 6 u16 section; 8 u64 value; 16 u64 size
  private static final int SYMBOL_BYTES = 24;
  private static final int TYPE_FUNCTION = 2;

  /** Thousands of symbols may share one text, each from another letter on. */
  private static final int MAX_NAME_BYTES = 255;

  private ElfFunctions() {}

  /**
   * Where a function lies.
   *
   * @param offset from the start of the object, in bytes
   * @param lengthBytes of its code
   */
  public record Function(int offset, int lengthBytes) {}

  /**
   * Returns the functions by name.
   *
   * @param object as it lies in memory: linked to address 0, with its section headers
   * @throws IllegalArgumentException where it is anything else
   */
  public static Map<String, Function> of(byte[] object) {
    ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (bytes.getInt(0) != MAGIC || bytes.getShort(SECTION_BYTES_OFFSET) != SECTION_BYTES) {
        throw new IllegalArgumentException("not a shared object of 64 bits");
      }
      int sections = Math.toIntExact(bytes.getLong(SECTIONS_OFFSET));
      int count = bytes.getShort(SECTION_COUNT_OFFSET) & 0xffff;
      for (int i = 0; i < count; i++) {
        int section = sections + i * SECTION_BYTES;
        if (bytes.getInt(section + 4) == DYNAMIC_SYMBOLS) {
          int strings = sections + bytes.getInt(section + 40) * SECTION_BYTES;
          return functions(bytes, section, Math.toIntExact(bytes.getLong(strings + 24)));
        }
      }
      throw new IllegalArgumentException("a shared object without dynamic symbols");
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException("a shared object that points out of itself", e);
    }
  }

  private static Map<String, Function> functions(ByteBuffer bytes, int section, int strings) {
    int symbols = Math.toIntExact(bytes.getLong(section + 24));
    int end = Math.addExact(symbols, Math.toIntExact(bytes.getLong(section + 32)));
    Map<String, Function> functions = new TreeMap<>();
    for (int symbol = symbols; symbol + SYMBOL_BYTES <= end; symbol += SYMBOL_BYTES) {
      boolean defined = bytes.getShort(symbol + 6) != 0;
      if (defined && (bytes.get(symbol + 4) & 0xf) == TYPE_FUNCTION) {
        int offset = Math.toIntExact(bytes.getLong(symbol + 8));
        int length = Math.toIntExact(bytes.getLong(symbol + 16));
        if (offset < 0 || length < 0 || length > bytes.capacity() - offset) {
          throw new IndexOutOfBoundsException(offset);
        }
        functions.put(name(bytes, strings + bytes.getInt(symbol)), new Function(offset, length));
      }
    }
    return functions;
  }

  private static String name(ByteBuffer bytes, int start) {
    int end = start;
    while (bytes.get(end) != 0) {
      end++;
      if (end - start > MAX_NAME_BYTES) {
        throw new IllegalArgumentException(
            "a shared object with a name of more than " + MAX_NAME_BYTES + " bytes");
      }
    }
    byte[] name = new byte[end - start];
    bytes.get(start, name);
    return new String(name, StandardCharsets.US_ASCII);
  }
}
