package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * Parses {@code /proc/PID/smaps} or {@code /proc/PID/maps}, in one pass over the bytes.
 *
 * <p>The kernel writes a newline in a path as {@code \012} and escapes nothing else, not even the
 * backslash; the parser undoes that. Bytes of a path are taken as UTF-8.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html">proc_pid_maps(5)</a>
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html">proc_pid_smaps(5)</a>
 */
public final class MemoryMapParser {
  private static final String ESCAPED_NEWLINE = "\\012";
  private static final byte[] VM_FLAGS = "VmFlags:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PROTECTION_KEY = "ProtectionKey:".getBytes(StandardCharsets.US_ASCII);
  private static final Set<VmFlag> NO_FLAGS =
      Collections.unmodifiableSet(EnumSet.noneOf(VmFlag.class));

  private final byte[] text;
  private final List<MemoryMapEntry> entries = new ArrayList<>();
  private final Map<String, Set<VmFlag>> flagSets = new HashMap<>();
  private int position;
  private int lineStart;
  private int lineEnd;

  private MemoryMapParser(byte[] text) {
    this.text = text;
  }

  /**
   * Parse the whole text of a file.
   *
   * @return the mappings in ascending order of address
   * @throws UnparsableLineException for a line that is none of such a file
   */
  public static List<MemoryMapEntry> parse(byte[] text) {
    return new MemoryMapParser(text).parse();
  }

  private List<MemoryMapEntry> parse() {
    while (position < text.length) {
      lineStart = position;
      lineEnd = endOfLine(position);
      byte first = text[lineStart];
      if (digit(first) >= 0) {
        entries.add(mapping());
      } else if (first == 'V' && startsWith(VM_FLAGS)) {
        addFlags();
      } else if (first == 'P' && startsWith(PROTECTION_KEY)) {
        addProtectionKey();
      } else if (first < 'A' || first > 'Z' || entries.isEmpty() || !isDetail()) {
        throw unparsable();
      }
      position = lineEnd + 1;
    }
    return entries;
  }

  private int endOfLine(int from) {
    int end = from;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  // 7f0a5c021000-7f0a60000000 rw-p 00001000 08:01 4711                       /path
  private MemoryMapEntry mapping() {
    long start = hexadecimal('-');
    long end = hexadecimal(' ');
    boolean readable = permission('r');
    boolean writable = permission('w');
    boolean executable = permission('x');
    boolean shared = sharing();
    expect(' ');
    long offset = hexadecimal(' ');
    int major = (int) hexadecimal(':');
    int minor = (int) hexadecimal(' ');
    long inode = decimal();
    return new MemoryMapEntry(
        start,
        end,
        readable,
        writable,
        executable,
        shared,
        offset,
        major,
        minor,
        inode,
        path(),
        NO_FLAGS,
        0);
  }

  private long hexadecimal(char delimiter) {
    long value = 0;
    int from = position;
    while (position < lineEnd && text[position] != delimiter) {
      int digit = digit(text[position++]);
      if (digit < 0 || position - from > 16) {
        throw unparsable();
      }
      value = value << 4 | digit;
    }
    if (position == from) {
      throw unparsable();
    }
    expect(delimiter);
    return value;
  }

  private long decimal() {
    long value = 0;
    int from = position;
    while (position < lineEnd && text[position] != ' ') {
      int digit = digit(text[position++]);
      if (digit < 0 || digit > 9 || position - from > 20) {
        throw unparsable();
      }
      value = value * 10 + digit;
    }
    if (position == from) {
      throw unparsable();
    }
    return value;
  }

  private boolean permission(char letter) {
    byte found = next();
    if (found != letter && found != '-') {
      throw unparsable();
    }
    return found == letter;
  }

  private boolean sharing() {
    byte found = next();
    if (found != 'p' && found != 's') {
      throw unparsable();
    }
    return found == 's';
  }

  private String path() {
    while (position < lineEnd && text[position] == ' ') {
      position++;
    }
    if (position == lineEnd) {
      return "";
    }
    String path = new String(text, position, lineEnd - position, StandardCharsets.UTF_8);
    return path.contains(ESCAPED_NEWLINE) ? path.replace(ESCAPED_NEWLINE, "\n") : path;
  }

  // ProtectionKey:         1
  private void addProtectionKey() {
    position = lineStart + PROTECTION_KEY.length;
    while (position < lineEnd && text[position] == ' ') {
      position++;
    }
    if (lineEnd - position > 4) {
      throw unparsable();
    }
    int key = (int) decimal();
    if (key != 0) {
      int last = entries.size() - 1;
      entries.set(last, with(entries.get(last), entries.get(last).vmFlags(), key));
    }
  }

  private boolean startsWith(byte[] word) {
    if (lineEnd - lineStart <= word.length || entries.isEmpty()) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (text[lineStart + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  // VmFlags: rd wr mr mw me ac sd
  private void addFlags() {
    int from = lineStart + VM_FLAGS.length;
    String codes = new String(text, from, lineEnd - from, StandardCharsets.ISO_8859_1);
    // A process has hundreds of mappings and a dozen different sets.
    Set<VmFlag> flags = flagSets.get(codes);
    if (flags == null) {
      flags = flags(codes);
      flagSets.put(codes, flags);
    }
    int last = entries.size() - 1;
    entries.set(last, with(entries.get(last), flags, entries.get(last).protectionKey()));
  }

  private Set<VmFlag> flags(String codes) {
    EnumSet<VmFlag> flags = EnumSet.noneOf(VmFlag.class);
    StringTokenizer words = new StringTokenizer(codes, " ");
    while (words.hasMoreTokens()) {
      String code = words.nextToken();
      if (code.length() != 2) {
        throw unparsable();
      }
      flags.add(VmFlag.of(code));
    }
    return Collections.unmodifiableSet(flags);
  }

  private static MemoryMapEntry with(MemoryMapEntry entry, Set<VmFlag> flags, int key) {
    return new MemoryMapEntry(
        entry.start(),
        entry.end(),
        entry.readable(),
        entry.writable(),
        entry.executable(),
        entry.shared(),
        entry.fileOffset(),
        entry.deviceMajor(),
        entry.deviceMinor(),
        entry.inode(),
        entry.path(),
        flags,
        key);
  }

  /** Whether the line is one of the sizes of smaps, which look like {@code Private_Dirty: 8 kB}. */
  private boolean isDetail() {
    for (int i = lineStart; i < lineEnd; i++) {
      if (text[i] == ':') {
        return true;
      }
    }
    return false;
  }

  private byte next() {
    if (position >= lineEnd) {
      throw unparsable();
    }
    return text[position++];
  }

  private void expect(char expected) {
    if (next() != expected) {
      throw unparsable();
    }
  }

  /** Value of a hexadecimal digit as the kernel prints it, or -1. */
  private static int digit(byte letter) {
    if (letter >= '0' && letter <= '9') {
      return letter - '0';
    }
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  private UnparsableLineException unparsable() {
    return new UnparsableLineException(
        "maps", new String(text, lineStart, lineEnd - lineStart, StandardCharsets.UTF_8));
  }
}
